import Testing

@testable import Transport

struct AddressTests {
    @Test(arguments: [
        "127.0.0.1:7", "[::1]:65535", "node-1.example.org:7777", "localhost:0", "[2001:db8::1]:1", "a_b:1",
    ])
    func `an address reads and prints the same`(text: String) throws {
        #expect(try Address(parsing: text).description == text)
    }

    @Test func `each mistake has its own name`() {
        let cases: [(String, AddressError)] = [
            ("example.org", .portMissing("example.org")),
            ("[::1]", .portMissing("[::1]")),
            ("", .portMissing("")),
            ("example.org:", .portNotANumber("")),
            ("example.org:65536", .portNotANumber("65536")),
            ("example.org:-1", .portNotANumber("-1")),
            ("example.org:+1", .portNotANumber("+1")),
            ("example.org:http", .portNotANumber("http")),
            ("example.org:٣", .portNotANumber("٣")),
            ("::1:80", .bracketsMissing("::1:80")),
            ("[::1:80", .bracketNotClosed("[::1:80")),
            ("[fe80::1%eth0]:80", .notAnIPv6Address("fe80::1%eth0")),
            ("[1.2.3.4]:80", .notAnIPv6Address("1.2.3.4")),
            ("[]:80", .notAnIPv6Address("")),
            ("1.2.3.256:80", .notAnIPv4Address("1.2.3.256")),
            ("127.1:80", .notAnIPv4Address("127.1")),
            ("2130706433:80", .notAnIPv4Address("2130706433")),
            ("0x7f000001:80", .notAnIPv4Address("0x7f000001")),
            (":80", .notAHostName("")),
            ("a..b:80", .notAHostName("a..b")),
            ("a b:80", .notAHostName("a b")),
            ("münchen:80", .notAHostName("münchen")),
        ]
        for (text, error) in cases {
            #expect(throws: error, "\(text)") { try Address(parsing: text) }
        }
    }

    @Test func `IPv4 in IPv6 is IPv4`() throws {
        #expect(IPAddress(parsing: "::ffff:127.66.0.1") == IPAddress(parsing: "127.66.0.1"))
        #expect(IPAddress(parsing: "::ffff:127.66.0.1")?.description == "127.66.0.1")
    }

    @Test(arguments: [
        "0.0.0.0:1", "[::]:1", "224.0.0.1:1", "255.255.255.255:1", "169.254.169.254:1", "[fe80::1]:1", "[febf::1]:1",
        "[ff02::1]:1", "[::ffff:169.254.1.1]:1", "127.0.0.1:0",
    ])
    func `nobody is dialled there`(text: String) throws {
        #expect(try !Address(parsing: text).isDialable)
    }

    @Test(arguments: [
        "127.0.0.1:1", "[::1]:1", "10.0.0.1:1", "223.255.255.255:1", "[2001:db8::1]:1", "[fec0::1]:1", "a:1",
    ])
    func `somebody may be dialled there`(text: String) throws {
        #expect(try Address(parsing: text).isDialable)
    }

    @Test func `hosts and networks are what one customer and one provider have`() throws {
        let v4 = try #require(IPAddress(parsing: "10.1.2.3"))
        #expect(v4.host == v4)
        #expect(v4.network.description == "10.1.2.0")
        let v6 = try #require(IPAddress(parsing: "2001:db8:1:2:3:4:5:6"))
        #expect(v6.host.description == "2001:db8:1:2::")
        #expect(v6.network.description == "2001:db8:1::")
    }
}
