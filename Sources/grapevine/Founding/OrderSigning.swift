import API
import ArgumentParser
import AuthorLog
import Founding
import Identity

/// Where a signed order comes from and goes to.
struct OrderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The community by a ticket of it, where there is no home: @FILE or -. Nobody is asked.",
            valueName: "ticket"))
    var ticket: String?
    @Option(help: ArgumentHelp("One more than the highest ever signed; the node knows it, if it runs.", valueName: "n"))
    var serial: UInt64?
    @Option(help: ArgumentHelp("A new file for the signed order; else it is printed.", valueName: "file"))
    var out: String?
    @Flag(help: "Hand it to the running node.")
    var publish = false

    func validate() throws {
        guard !publish || ticket == nil else {
            throw ValidationError("--publish needs a home: leave out --ticket.")
        }
        guard serial != 0 else { throw ValidationError("--serial is 1 or more.") }
    }
}

/// What a signed order is printed as.
struct OrderAnswer: Encodable {
    let order: String
    let serial: UInt64
    let kind: RootOrderKind
    /// Printed only where it goes to no file and no node.
    var text: String?
    var file: String?
    var published = false
    /// Told by the node, if one runs: that it counts, and what it cuts, once it is published.
    var counts: Bool?
    /// Of a succession: where the next successor's key is.
    var successorKeyFile: String?
    var cuts: [CutRow]?
    /// Of a succession: all other orders, as they are with it.
    var orders: [RootOrderRow]?

    enum CodingKeys: String, CodingKey {
        case order, serial, kind, text, file, published, counts, cuts, orders
        case successorKeyFile = "successor_key_file"
    }
}

/// A command that signs one root order, on the machine where the root key is.
protocol OrderHandling: AsyncParsableCommand {
    var order: OrderOptions { get }
    var common: CommonOptions { get }

    static var kind: RootOrderKind { get }
}

/// One whose order is known before it is signed.
protocol OrderSigning: OrderHandling {
    var keyFile: String { get }

    func content(_ desk: SigningDesk) async throws -> RootOrder.Content
}

extension OrderSigning {
    mutating func run() async throws {
        let desk = try await SigningDesk.open(home: common.homePath, ticket: order.ticket)
        let signer = try desk.signer(keyFile: keyFile, for: Self.kind)
        let signed = try sign(try await content(desk), by: signer, at: desk)
        // Before it is anywhere: what a node would refuse is told now.
        let foreseen = order.publish ? nil : try await desk.foresee(signed)
        var answer = try filed(signed)
        (answer.counts, answer.cuts) = (foreseen?.order.counts, foreseen?.cuts)
        if order.publish { try await publish(signed, &answer) }
        try show(answer)
    }
}

extension OrderHandling {
    func sign(
        _ content: RootOrder.Content, by signer: RootSigner, at desk: SigningDesk
    ) throws(Failure) -> SignedRootOrder {
        let serial = try desk.serial(order.serial)
        do {
            return try signer.sign(content, serial: serial, nowMilliseconds: FoundingBridge.now())
        } catch {
            throw Failure(.usage, "this order cannot be made: \(error)")
        }
    }

    /// Puts it into the file that is wanted.
    func filed(_ signed: SignedRootOrder) throws(Failure) -> OrderAnswer {
        var answer = OrderAnswer(order: signed.hash.hex, serial: signed.order.serial, kind: Self.kind)
        if let out = order.out {
            try NewFile.write(Array((signed.text + "\n").utf8), to: out)
            answer.file = out
        } else if !order.publish {
            answer.text = signed.text
        }
        return answer
    }

    /// Hands it to the node. What is signed is not lost, whatever comes of that.
    func publish(_ signed: SignedRootOrder, _ answer: inout OrderAnswer) async throws {
        do {
            let published = try await DaemonClient.with(home: try common.homePath()) {
                try await $0.ask(PublishRootOrder(text: signed.text))
            }
            answer.published = true
            (answer.counts, answer.cuts) = (published.order.counts, published.cuts)
        } catch {
            if order.out == nil {
                Console.remark("The order is signed, and not published. Keep it for `grapevine root publish`:")
                Console.remark(signed.text)
            }
            throw error
        }
    }

    /// An order that is printed may go to a file: then the rest goes elsewhere.
    func tell(_ lines: [String], beside answer: OrderAnswer) {
        guard answer.text != nil else { return Console.show(lines) }
        for line in lines { Console.remark(line) }
    }

    func show(_ answer: OrderAnswer) throws {
        if common.json { return try Console.show(json: answer) }
        if let text = answer.text { Console.show([text]) }
        tell(
            [
                answer.file.map { "the order \(answer.serial) is in \($0)" },
                answer.published ? "the order \(answer.serial) is published" : nil,
                answer.successorKeyFile.map { "the next successor's key is in \($0): keep it offline" },
            ].compactMap { $0 } + CutText.lines(answer), beside: answer)
        if let file = answer.file, !answer.published { Console.remark("next: grapevine root publish \(file)") }
    }
}
