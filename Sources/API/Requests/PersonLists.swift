package struct ListBackers: PagedRequest {
    package static let path = "backer/list"

    package typealias Answer = Page<BackerRow>
    package typealias Row = BackerRow

    package var after: String?
    package var limit: Int?

    package init(after: String? = nil, limit: Int? = nil) {
        self.after = after
        self.limit = limit
    }
}

package struct ShowBacker: Request {
    package static let path = "backer/show"

    package typealias Answer = BackerRow

    package var backer: PersonReference

    package init(_ backer: PersonReference) {
        self.backer = backer
    }
}

package struct ListAmbassadors: PagedRequest {
    package static let path = "ambassador/list"

    package typealias Answer = Page<AmbassadorRow>
    package typealias Row = AmbassadorRow

    package var after: String?
    package var limit: Int?

    package init(after: String? = nil, limit: Int? = nil) {
        self.after = after
        self.limit = limit
    }
}

package struct ShowAmbassador: Request {
    package static let path = "ambassador/show"

    package typealias Answer = AmbassadorRow

    package var ambassador: PersonReference

    package init(_ ambassador: PersonReference) {
        self.ambassador = ambassador
    }
}

package struct ListCodes: PagedRequest {
    package static let path = "code/list"

    package typealias Answer = Page<CodeRow>
    package typealias Row = CodeRow

    package var after: String?
    package var limit: Int?

    package init(after: String? = nil, limit: Int? = nil) {
        self.after = after
        self.limit = limit
    }
}

package struct ShowCode: Request {
    package static let path = "code/show"

    package typealias Answer = CodeRow

    package var code: String

    package init(_ code: String) {
        self.code = code
    }
}
