import API
import Community
import Storage

// What is odd about claims and pledges, as the local API says it.

extension [Storage.ReferralFlag] {
    var named: [API.ReferralFlag] {
        map { flag in
            switch flag {
            case .selfReferral: .selfReferral
            case .mutualPair: .mutualPair
            case .ring: .ring
            }
        }
    }
}

extension PledgeFlags {
    var named: [PledgeFlag] { PledgeFlag.allCases.filter { contains(PledgeFlags($0)) } }

    private init(_ flag: PledgeFlag) {
        self =
            switch flag {
            case .overpaid: .overpaid
            case .paidAfterCancel: .paidAfterCancel
            case .cancelledAfterPayment: .cancelledAfterPayment
            case .overRefunded: .overRefunded
            case .otherCurrency: .otherCurrency
            case .twoAmounts: .twoAmounts
            }
    }
}
