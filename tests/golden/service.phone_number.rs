/// Phone numbers that are bought from LiveKit. LiveKit Cloud only.
///
/// Calls to such a number are sent to rooms by the SIP dispatch rules assigned to it.
#[::livekit_macros::service(package = "livekit", name = "PhoneNumberService", accessor = "phone_number", client, server)]
pub trait PhoneNumberService {
    /// Searches the inventory for numbers that can be bought.
    ///
    /// Route: `POST /twirp/livekit.PhoneNumberService/SearchPhoneNumbers`. Needs `sip.admin`.
    #[rpc(name = "SearchPhoneNumbers", access(sip(admin)))]
    fn search_phone_numbers(request: crate::proto::SearchPhoneNumbersRequest) -> crate::proto::SearchPhoneNumbersResponse;

    /// Buys numbers from the inventory for the project.
    ///
    /// Route: `POST /twirp/livekit.PhoneNumberService/PurchasePhoneNumber`. Needs `sip.admin`.
    #[rpc(name = "PurchasePhoneNumber", access(sip(admin)))]
    fn purchase_phone_number(request: crate::proto::PurchasePhoneNumberRequest) -> crate::proto::PurchasePhoneNumberResponse;

    /// Lists the numbers of the project, all of them or those that match the filters.
    ///
    /// Route: `POST /twirp/livekit.PhoneNumberService/ListPhoneNumbers`. Needs `sip.admin`.
    #[rpc(name = "ListPhoneNumbers", access(sip(admin)))]
    fn list_phone_numbers(request: crate::proto::ListPhoneNumbersRequest) -> crate::proto::ListPhoneNumbersResponse;

    /// Returns one of the project's numbers, chosen by its id or by the number itself.
    ///
    /// Route: `POST /twirp/livekit.PhoneNumberService/GetPhoneNumber`. Needs `sip.admin`.
    #[rpc(name = "GetPhoneNumber", access(sip(admin)))]
    fn get_phone_number(request: crate::proto::GetPhoneNumberRequest) -> crate::proto::GetPhoneNumberResponse;

    /// Changes the label of a number, or the dispatch rule that its calls are handled by.
    ///
    /// Route: `POST /twirp/livekit.PhoneNumberService/UpdatePhoneNumber`. Needs `sip.admin`.
    #[rpc(name = "UpdatePhoneNumber", access(sip(admin)))]
    fn update_phone_number(request: crate::proto::UpdatePhoneNumberRequest) -> crate::proto::UpdatePhoneNumberResponse;

    /// Gives numbers of the project back.
    ///
    /// Route: `POST /twirp/livekit.PhoneNumberService/ReleasePhoneNumbers`. Needs `sip.admin`.
    #[rpc(name = "ReleasePhoneNumbers", access(sip(admin)))]
    fn release_phone_numbers(request: crate::proto::ReleasePhoneNumbersRequest) -> crate::proto::ReleasePhoneNumbersResponse;
}
