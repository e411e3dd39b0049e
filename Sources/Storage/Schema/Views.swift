/// Public SQL views: stable shapes that any SQLite tool can read from a copy of the record.
///
/// Ids are lower-case hex unless an external id is held; times are Unix milliseconds; money is in minor units of `currency`.
enum Views {
    static let sql = """
        CREATE VIEW people AS
            SELECT p.number AS number, coalesce(p.external, lower(hex(p.person))) AS person, p.joined_at AS joined_at,
                p.winner AS winner, p.pledges AS pledges
            FROM state_people p;
        CREATE VIEW backers AS
            SELECT b.person AS backer, b.joined_at AS joined_at, w.person AS brought_by, a.code AS code,
                b.pledges AS pledges
            FROM people b LEFT JOIN people w ON w.number = b.winner
                LEFT JOIN state_ambassadors a ON a.person = b.winner
            WHERE b.joined_at IS NOT NULL OR b.pledges > 0;
        CREATE VIEW pledges AS
            SELECT coalesce(p.external, lower(hex(p.pledge))) AS pledge, b.person AS backer, p.at AS pledged_at,
                p.amount AS amount_minor, p.currency AS currency, p.paid AS paid_minor,
                p.refunded AS refunded_minor,
                CASE p.state WHEN 1 THEN 'paid' WHEN 2 THEN 'refunded' WHEN 3 THEN 'cancelled' WHEN 4 THEN 'lapsed'
                    ELSE 'pledged' END AS status,
                c.code AS code, f.person AS first_touch, l.person AS last_touch
            FROM state_pledges p LEFT JOIN people b ON b.number = p.backer LEFT JOIN state_codes c ON c.number = p.code
                LEFT JOIN people f ON f.number = p.first_touch LEFT JOIN people l ON l.number = p.last_touch;
        CREATE VIEW ambassadors AS
            SELECT p.person AS ambassador, a.code AS code, a.brought AS brought, a.reach AS reach, a.depth AS depth
            FROM state_ambassadors a JOIN people p ON p.number = a.person;
        CREATE VIEW referrals AS
            SELECT b.person AS person, w.person AS brought_by, a.code AS code
            FROM people b JOIN people w ON w.number = b.winner LEFT JOIN state_ambassadors a ON a.person = b.winner;
        CREATE VIEW totals AS
            SELECT t.backers, t.ambassadors, t.attributed_backers, t.pledges, t.anonymous_pledges, c.currency,
                c.pledged AS pledged_minor, c.paid AS paid_minor, c.refunded AS refunded_minor,
                c.cancelled AS cancelled_minor, t.prospects
            FROM state_totals t LEFT JOIN state_currencies c;
        """
}
