// swift-tools-version: 6.2
import PackageDescription

/// What every room of ours is compiled with.
let house: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let grdb: [Target.Dependency] = [
    .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
]
let hummingbird: [Target.Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"),
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
]
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

/// A room of the house: a target whose imports are the arrows of the map in the README.
func room(_ name: String, imports: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: imports, exclude: exclude, swiftSettings: house)
}

/// The tests of one room, file for file.
func tests(of name: String, imports: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + imports, swiftSettings: house)
}

let package = Package(
    name: "grapevine",
    products: [
        .executable(name: "grapevined", targets: ["grapevined"]),
        .executable(name: "grapevine", targets: ["grapevine"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries, and what Glibc's module lacks.
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CPlatform"),

        // Pure rooms: no IO, no clock, no dice.
        room("Identity", imports: ["CSodium"]),
        room("Noise", imports: ["Identity"]),
        room("AuthorLog", imports: ["Identity", protobuf]),
        room("Community", imports: ["AuthorLog", "Identity", protobuf]),
        room("Sync", imports: ["AuthorLog", "Identity", protobuf]),
        room("API"),

        // Shells: disk, sockets, processes.
        room("Storage", imports: ["Community", "AuthorLog", "Identity", "CPlatform", "CSQLite"] + grdb),
        room("Transport", imports: ["Noise", "Identity"] + nio),
        room("Founding", imports: ["AuthorLog", "Identity", "CPlatform"]),
        room(
            "Daemon",
            imports: [
                "Transport", "Sync", "Storage", "Founding", "Community", "AuthorLog", "Noise", "Identity", "API",
                logging, metrics, serviceLifecycle,
            ]),
        room(
            "Web",
            imports: ["API", "Daemon", "Storage", "CPlatform", logging, serviceLifecycle] + hummingbird + nio),

        // Programs.
        .executableTarget(
            name: "grapevined",
            dependencies: ["Web", "Daemon", "Founding", "API", argumentParser, logging, serviceLifecycle, unixSignals],
            swiftSettings: house),
        .executableTarget(
            name: "grapevine",
            dependencies: [
                "API", "Founding", "AuthorLog", "Identity", "CZlib", argumentParser, asyncHTTPClient,
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            ], swiftSettings: house),

        // Networks of thousands of nodes in one thread, for tests and measurements.
        .target(
            name: "Simulation", dependencies: ["Sync", "AuthorLog", "Identity"], path: "Tools/Simulation",
            swiftSettings: house),
        .executableTarget(
            name: "grapevine-bench",
            dependencies: [
                "Simulation", "Storage", "Founding", "Sync", "Community", "AuthorLog", "Identity", argumentParser,
            ],
            path: "Tools/BenchProgram", swiftSettings: house),

        // Tests, room by room.
        tests(of: "Identity", imports: []),
        tests(of: "Noise", imports: ["Identity"]),
        tests(of: "AuthorLog", imports: ["Identity"]),
        tests(of: "Community", imports: ["AuthorLog", "Identity", protobuf]),
        tests(of: "Sync", imports: ["Simulation", "AuthorLog", "Identity"]),
        tests(of: "API", imports: []),
        tests(of: "Storage", imports: ["Community", "AuthorLog", "Identity"] + grdb),
        tests(of: "Transport", imports: ["Noise", "Identity", nioEmbedded] + nio),
        tests(of: "Founding", imports: ["AuthorLog", "Identity"]),
        tests(
            of: "Daemon",
            imports: [
                "API", "Storage", "Sync", "Transport", "Noise", "Community", "AuthorLog", "Founding", "Identity",
                logging,
                metricsTestKit,
            ]),
        tests(of: "Web", imports: ["API", logging, serviceLifecycle]),
        .testTarget(
            name: "GrapevineTests", dependencies: ["grapevine", "API", "CZlib", argumentParser], swiftSettings: house),

        // Whole clusters of the built programs on loopback.
        .testTarget(name: "IntegrationTests", swiftSettings: house),
    ],
    swiftLanguageModes: [.v6]
)
