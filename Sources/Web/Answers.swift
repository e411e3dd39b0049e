import API
package import Daemon

extension Routes {
    /// Every call there is, and the node that answers it.
    package init(answeredBy node: Node) {
        self.init(missing: { await node.missingUpdates })
        // The node.
        add(GetVersion.self) { _ in GetVersion.Answer() }
        add(GetStatus.self) { try await node.answer($0) }
        add(ListPeers.self) { try await node.answer($0) }
        add(MakeInvite.self) { try await node.answer($0) }
        add(StopDaemon.self) { try await node.answer($0) }
        // People and codes.
        add(AddBacker.self) { try await node.answer($0) }
        query(ListBackers.self) { try await node.answer($0) }
        query(ShowBacker.self) { try await node.answer($0) }
        add(AddAmbassador.self) { try await node.answer($0) }
        query(ListAmbassadors.self) { try await node.answer($0) }
        query(ShowAmbassador.self) { try await node.answer($0) }
        add(AddCode.self) { try await node.answer($0) }
        query(ListCodes.self) { try await node.answer($0) }
        query(ShowCode.self) { try await node.answer($0) }
        // Referrals.
        add(AddReferral.self) { try await node.answer($0) }
        query(ListReferrals.self) { try await node.answer($0) }
        add(UnlinkReferral.self) { try await node.answer($0) }
        query(ExplainReferral.self) { try await node.answer($0) }
        query(GetReferralTree.self) { try await node.answer($0) }
        query(GetReferralPath.self) { try await node.answer($0) }
        // Suspension.
        add(SuspendMember.self) { try await node.answer($0) }
        add(RestoreMember.self) { try await node.answer($0) }
        // Pledges.
        add(AddPledge.self) { try await node.answer($0) }
        add(ChangePledge.self) { try await node.answer($0) }
        add(PayPledge.self) { try await node.answer($0) }
        add(RefundPledge.self) { try await node.answer($0) }
        add(CancelPledge.self) { try await node.answer($0) }
        add(VoidMoneyFact.self) { try await node.answer($0) }
        query(ShowPledge.self) { try await node.answer($0) }
        query(ListPledges.self) { try await node.answer($0) }
        // Members, forks, and what the root says.
        query(ListMembers.self) { try await node.answer($0) }
        query(ShowMember.self) { try await node.answer($0) }
        add(GrantMember.self) { try await node.answer($0) }
        add(SucceedMember.self) { try await node.answer($0) }
        add(AdmitMembers.self) { try await node.answer($0) }
        add(RevokeMember.self) { try await node.answer($0) }
        add(ListForks.self) { try await node.answer($0) }
        add(ChooseBranch.self) { try await node.answer($0) }
        add(ListRootOrders.self) { try await node.answer($0) }
        add(PublishRootOrder.self) { try await node.answer($0) }
        add(PlanRevocation.self) { try await node.answer($0) }
        add(PlanChoice.self) { try await node.answer($0) }
        add(PlanSuccession.self) { try await node.answer($0) }
        add(PlanNetworkKey.self) { try await node.answer($0) }
        // Voice.
        add(AnnouncePost.self) { try await node.answer($0) }
        query(ListPosts.self) { try await node.answer($0) }
        query(ShowPost.self) { try await node.answer($0) }
        add(AddFeedback.self) { try await node.answer($0) }
        query(ListFeedback.self) { try await node.answer($0) }
        query(ShowFeedback.self) { try await node.answer($0) }
        add(AnswerFeedback.self) { try await node.answer($0) }
        // Figures, and the record as a whole.
        query(GetTotals.self) { try await node.answer($0) }
        query(GetLeaderboard.self) { try await node.answer($0) }
        query(GetPulse.self) { try await node.answer($0) }
        query(ExportRows.self) { try await node.answer($0) }
        add(VerifyRecord.self) { try await node.answer($0) }
        add(GetVerifyProgress.self) { try await node.answer($0) }
        add(RebuildState.self) { try await node.answer($0) }
        for kind in RecordKind.allCases {
            addRaw(ImportPart.path(kind)) { call in
                let fields = try ImportFields(call)
                return try await node.answer(
                    importing: kind, part: call.body, header: fields.columns, firstLine: fields.firstLine,
                    source: fields.source, dryRun: fields.isDryRun, place: fields.place)
            }
        }
    }
}
