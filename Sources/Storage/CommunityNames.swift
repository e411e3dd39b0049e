import Community

// GRDB has a (retired) `Record` of its own; in this room the word is the community's.
typealias Record = Community.Record
