import AuthorLog
import FoundationEssentials
import GRDB

/// The tables of one replica.
///
/// Three kinds: the *log* (bundles, signatures, branches, forks, orders, chains), which is the truth; the *state* (`state_…`), which is
/// disposable, versioned, and folded anew from the log by `rebuild`; and what only this node knows (`node`, `peer_records`).
enum Schema {
    /// Raised when the log's tables change shape: see ``migrate(_:from:)``.
    static let version = 4
    /// Raised when the state's tables change shape: then they are made anew and folded from the log, once, at the next start.
    static let stateVersion = 12

    static func create(in database: Database) throws {
        try database.execute(sql: log)
        try createState(in: database)
    }

    private static func createState(in database: Database) throws {
        try database.execute(sql: state)
        for index in lateIndexes { try database.execute(sql: index.sql) }
        try insertTotals(in: database)
        try database.execute(sql: Views.sql)
    }

    /// Makes the state's tables and views anew, whatever shape they had: empty.
    static func replaceState(in database: Database) throws {
        let old = try Row.fetchAll(
            database,
            sql: """
                SELECT type, name FROM sqlite_schema
                WHERE type = 'view' OR type = 'table' AND (name GLOB 'state_*' OR name GLOB 'detail_*')
                """)
        for row in old {
            let (type, name): (String, String) = (row[0], row[1])
            try database.execute(sql: "DROP \(type) \(name.quotedDatabaseIdentifier)")
        }
        try createState(in: database)
    }

    /// The one row of counts, all zero. Buckets of the digest that were before are of another version now.
    static func insertTotals(in database: Database) throws {
        try database.execute(sql: "INSERT INTO state_totals VALUES (1, 0, 0, 0, 0, 0, 0, 0)")
        try database.execute(sql: "UPDATE state_buckets SET version = version + 1")
    }

    /// Integer keys in order of arrival, so that appending never looks for a place; people, codes and logs are interned.
    static let log = """
        CREATE TABLE node (
            key TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE logs (
            number INTEGER PRIMARY KEY,
            member BLOB NOT NULL,
            incarnation BLOB NOT NULL,
            length INTEGER NOT NULL,
            head BLOB NOT NULL,
            first_previous BLOB NOT NULL,
            standing INTEGER NOT NULL DEFAULT 0,
            standing_head BLOB,
            forked_at INTEGER,
            ends_at INTEGER,
            state BLOB NOT NULL,
            rights BLOB,
            UNIQUE (member, incarnation)
        );
        CREATE TABLE bundles (
            number INTEGER PRIMARY KEY,
            log INTEGER NOT NULL,
            position INTEGER NOT NULL,
            count INTEGER NOT NULL,
            time INTEGER NOT NULL,
            id BLOB NOT NULL,
            body BLOB NOT NULL,
            UNIQUE (log, position)
        );
        CREATE TABLE signatures (
            bundle INTEGER PRIMARY KEY,
            signature BLOB NOT NULL,
            kept INTEGER NOT NULL
        );
        CREATE TABLE held (
            bundle INTEGER PRIMARY KEY,
            log INTEGER NOT NULL,
            time INTEGER NOT NULL,
            byte_count INTEGER NOT NULL
        );
        \(branches)
        CREATE TABLE orders (
            hash BLOB PRIMARY KEY,
            bytes BLOB NOT NULL
        ) WITHOUT ROWID;
        \(chains)
        \(parties)
        CREATE TABLE peer_records (
            member BLOB PRIMARY KEY,
            record BLOB NOT NULL
        ) WITHOUT ROWID;
        """

    /// With numbers of rows: about a KiB each, which WITHOUT ROWID would keep on a page of its own.
    private static let chains = """
        CREATE TABLE chains (
            member BLOB NOT NULL UNIQUE,
            presentation BLOB NOT NULL
        );
        """

    /// See ``Parties``.
    private static let parties = """
        CREATE TABLE parties (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE
        );
        """

    /// What standing is worked out from besides the bundles that are followed: which of those bear authority, bundles of other
    /// branches, proofs of forks, and the bare headers that vouch for a log's end where what comes next is not held.
    private static let branches = """
        CREATE TABLE authority (
            bundle INTEGER PRIMARY KEY
        );
        CREATE TABLE aside (
            number INTEGER PRIMARY KEY,
            log INTEGER NOT NULL,
            position INTEGER NOT NULL,
            count INTEGER NOT NULL,
            time INTEGER NOT NULL,
            id BLOB NOT NULL UNIQUE,
            previous BLOB NOT NULL,
            body BLOB NOT NULL,
            signature BLOB
        );
        CREATE INDEX aside_by_log ON aside (log, position);
        CREATE TABLE forks (
            fork BLOB PRIMARY KEY,
            proof BLOB NOT NULL
        );
        CREATE TABLE tails (
            log INTEGER PRIMARY KEY,
            run BLOB NOT NULL
        );
        """

    /// Brings the log's tables of an earlier version to this one; the state is folded anew by it.
    static func migrate(_ database: Database, from version: UInt8) throws {
        guard 1..<UInt8(Self.version) ~= version else {
            throw StorageError.unreadable("it was made by another version of Grapevine")
        }
        if version < 2 { try addStanding(to: database) }
        if version < 3 { try numberChains(in: database) }
        try database.execute(sql: parties)
        try NodeValue.schema.write([UInt8(Schema.version)], to: database)
        try replaceState(in: database)
    }

    private static func numberChains(in database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE chains RENAME TO former_chains;
                \(chains)
                INSERT INTO chains SELECT member, presentation FROM former_chains;
                DROP TABLE former_chains;
                """)
    }

    private static func addStanding(to database: Database) throws {
        for column in [
            "standing INTEGER NOT NULL DEFAULT 0", "standing_head BLOB", "forked_at INTEGER", "ends_at INTEGER",
            "rights BLOB",
        ] { try database.execute(sql: "ALTER TABLE logs ADD COLUMN \(column)") }
        try database.execute(sql: branches)
        let kept = "SELECT b.number, b.body FROM signatures s JOIN bundles b ON b.number = s.bundle WHERE s.kept = 1"
        var numbers: [Int64] = []
        let rows = try Row.fetchCursor(database, sql: kept)
        while let row = try rows.next() {
            // `verify` names one that does not read.
            guard let first = try? Operation.decode(body: Array(row[1] as Data), count: 1).first else { continue }
            if OperationKind.authority.contains(first.kind) { numbers.append(row[0]) }
        }
        for number in numbers {
            try database.execute(sql: "INSERT INTO authority VALUES (?)", arguments: [number])
        }
    }

    /// Money is in minor units. Sums that outgrow 64 bits are decimal text.
    static let state = """
        CREATE TABLE state_people (
            number INTEGER PRIMARY KEY,
            person BLOB NOT NULL,
            joined_at INTEGER,
            joined_time INTEGER,
            joined_log INTEGER,
            joined_position INTEGER,
            own_code INTEGER NOT NULL,
            member_id BLOB,
            winner INTEGER,
            pledges INTEGER NOT NULL,
            qualifying INTEGER NOT NULL,
            winner_log INTEGER,
            winner_position INTEGER,
            marks INTEGER NOT NULL DEFAULT 0,
            witnesses BLOB,
            -- What the source calls whom the id is the hash of; NULL where nobody told. Found by that hash.
            source INTEGER,
            external TEXT
        );
        -- Whom somebody brought is read off the index, in the order of ids.
        CREATE INDEX state_people_by_id ON state_people (person, winner);
        CREATE TABLE state_claims (
            person INTEGER NOT NULL,
            log INTEGER NOT NULL,
            position INTEGER NOT NULL,
            code INTEGER NOT NULL,
            period INTEGER NOT NULL,
            at INTEGER NOT NULL,
            imported INTEGER NOT NULL,
            member INTEGER,
            recorder INTEGER,
            PRIMARY KEY (person, log, position)
        ) WITHOUT ROWID;
        CREATE TABLE state_unlinks (
            person INTEGER NOT NULL,
            log INTEGER NOT NULL,
            position INTEGER NOT NULL,
            period INTEGER NOT NULL,
            at INTEGER NOT NULL,
            member BLOB,
            PRIMARY KEY (person, log, position)
        ) WITHOUT ROWID;
        CREATE TABLE state_suspensions (
            person INTEGER NOT NULL,
            log INTEGER NOT NULL,
            position INTEGER NOT NULL,
            period INTEGER NOT NULL,
            at INTEGER NOT NULL,
            lifted INTEGER NOT NULL,
            PRIMARY KEY (person, log, position)
        ) WITHOUT ROWID;
        CREATE TABLE state_codes (
            number INTEGER PRIMARY KEY,
            code TEXT NOT NULL UNIQUE,
            code_key BLOB NOT NULL,
            own_id BLOB,
            own_person INTEGER,
            registrant INTEGER,
            written TEXT,
            period INTEGER,
            at INTEGER,
            log INTEGER,
            position INTEGER,
            owner INTEGER AS (coalesce(own_person, registrant)) VIRTUAL
        );
        CREATE INDEX state_codes_by_owner ON state_codes (owner) WHERE owner IS NOT NULL;
        CREATE INDEX state_codes_by_key ON state_codes (code_key) WHERE written IS NOT NULL;
        CREATE INDEX state_codes_beaten ON state_codes (registrant)
            WHERE own_person IS NOT NULL AND registrant IS NOT NULL;
        CREATE TABLE state_overtaken_codes (
            code INTEGER NOT NULL,
            log INTEGER NOT NULL,
            position INTEGER NOT NULL,
            registrant INTEGER NOT NULL,
            written TEXT NOT NULL,
            period INTEGER NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (code, log, position)
        ) WITHOUT ROWID;
        CREATE INDEX state_overtaken_codes_by_registrant ON state_overtaken_codes (registrant);
        CREATE INDEX state_overtaken_codes_by_log ON state_overtaken_codes (log);
        CREATE TABLE state_pledges (
            number INTEGER PRIMARY KEY,
            pledge BLOB NOT NULL,
            backer INTEGER,
            at INTEGER NOT NULL,
            amount INTEGER NOT NULL,
            currency TEXT NOT NULL,
            code INTEGER,
            visibility INTEGER NOT NULL,
            paid INTEGER NOT NULL,
            refunded INTEGER NOT NULL,
            state INTEGER NOT NULL,
            qualifying INTEGER NOT NULL,
            first_touch INTEGER,
            last_touch INTEGER,
            shares INTEGER NOT NULL,
            writers BLOB NOT NULL,
            -- NULL where nobody stated any.
            money BLOB,
            flags INTEGER NOT NULL DEFAULT 0,
            source INTEGER,
            external TEXT
        );
        CREATE INDEX state_pledges_flagged ON state_pledges (pledge) WHERE flags <> 0;
        CREATE TABLE state_overtaken (
            pledge INTEGER NOT NULL,
            log INTEGER NOT NULL,
            position INTEGER NOT NULL,
            time INTEGER NOT NULL,
            PRIMARY KEY (pledge, log, position)
        ) WITHOUT ROWID;
        CREATE TABLE state_ambassadors (
            person INTEGER PRIMARY KEY,
            code TEXT NOT NULL,
            brought INTEGER NOT NULL,
            reach INTEGER NOT NULL,
            depth INTEGER NOT NULL,
            cut INTEGER NOT NULL
        );
        CREATE TABLE state_tallies (
            person INTEGER NOT NULL,
            attribution INTEGER NOT NULL,
            currency TEXT NOT NULL,
            pledges INTEGER NOT NULL,
            pledged NOT NULL,
            paid NOT NULL,
            refunded NOT NULL,
            credited_pledges INTEGER NOT NULL,
            PRIMARY KEY (person, attribution, currency)
        ) WITHOUT ROWID;
        CREATE TABLE state_voices (
            log INTEGER NOT NULL,
            position INTEGER NOT NULL,
            voice BLOB NOT NULL,
            kind INTEGER NOT NULL,
            at INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            person BLOB NOT NULL,
            mood INTEGER,
            answers BLOB,
            PRIMARY KEY (log, position)
        ) WITHOUT ROWID;
        CREATE INDEX state_voices_by_id ON state_voices (voice);
        CREATE INDEX state_voices_by_time ON state_voices (kind, at, counter);
        CREATE INDEX state_voices_by_answered ON state_voices (answers, kind, at) WHERE answers IS NOT NULL;
        CREATE TABLE state_totals (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            backers INTEGER NOT NULL,
            ambassadors INTEGER NOT NULL,
            attributed_backers INTEGER NOT NULL,
            pledges INTEGER NOT NULL,
            anonymous_pledges INTEGER NOT NULL,
            prospects INTEGER NOT NULL,
            flagged_pledges INTEGER NOT NULL
        );
        CREATE TABLE state_currencies (
            currency TEXT PRIMARY KEY,
            pledged NOT NULL,
            paid NOT NULL,
            refunded NOT NULL,
            cancelled NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE state_shares (
            attribution INTEGER NOT NULL,
            share INTEGER NOT NULL,
            currency TEXT NOT NULL,
            pledges INTEGER NOT NULL,
            pledged NOT NULL,
            paid NOT NULL,
            refunded NOT NULL,
            PRIMARY KEY (attribution, share, currency)
        ) WITHOUT ROWID;
        CREATE TABLE state_buckets (
            bucket INTEGER PRIMARY KEY,
            version INTEGER NOT NULL,
            hash BLOB,
            hashed_version INTEGER
        );
        -- From 1 on: SQLite stores a 1 without a byte, and most records have one source.
        CREATE TABLE detail_sources (
            number INTEGER PRIMARY KEY,
            source TEXT NOT NULL UNIQUE
        );
        CREATE TABLE detail_fields (
            person INTEGER NOT NULL,
            field INTEGER NOT NULL,
            value TEXT NOT NULL,
            steward INTEGER NOT NULL,
            time INTEGER NOT NULL,
            log INTEGER NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (person, field)
        ) WITHOUT ROWID;
        CREATE TABLE detail_names (
            person INTEGER PRIMARY KEY,
            skeleton TEXT NOT NULL,
            value TEXT NOT NULL
        );
        CREATE INDEX detail_names_by_skeleton ON detail_names (skeleton, value);
        CREATE TABLE detail_voices (
            log INTEGER NOT NULL,
            position INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (log, position)
        ) WITHOUT ROWID;
        """

    /// Made behind a first load: see ``FirstLoad``.
    static let lateIndexes: [(name: String, sql: String)] = [
        ("state_pledges_by_code", "CREATE INDEX state_pledges_by_code ON state_pledges (code) WHERE code IS NOT NULL"),
        (
            "state_pledges_by_backer",
            "CREATE INDEX state_pledges_by_backer ON state_pledges (backer) WHERE backer IS NOT NULL"
        ),
        ("state_claims_by_code", "CREATE INDEX state_claims_by_code ON state_claims (code)"),
        ("state_pledges_by_id", "CREATE UNIQUE INDEX state_pledges_by_id ON state_pledges (pledge)"),
    ]

    /// Everything that `rebuild` empties and folds anew. The versions of buckets go on: whoever hashed one before shall not take it
    /// for what it holds afterwards.
    static let stateTables = [
        "state_people", "state_claims", "state_unlinks", "state_suspensions", "state_codes", "state_pledges",
        "state_overtaken", "state_ambassadors", "state_tallies", "state_totals", "state_currencies", "state_shares",
        "state_voices",
        "state_overtaken_codes",
        "detail_sources",
        "detail_fields", "detail_voices", "detail_names",
    ]
}
