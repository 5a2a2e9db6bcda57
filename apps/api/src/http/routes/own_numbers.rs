//! The numbers of an organization.

use chrono::NaiveDate;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, OpenApi};
use sms_application::{OwnNumber, OwnNumberError};
use sms_domain::ports::{NumberList, PHONE_NUMBERS, RegisteredNumber};
use sms_domain::values::ids::PhoneNumberId;
use sms_domain::values::phone::PhoneNumber;

use super::{Body, BodyFound, Changed, Found, Named, Tag, known_id};
use crate::http::auth::{Authorized, NumbersRead, NumbersWrite};
use crate::http::dto::{
    PagedResultOfPhoneNumberTableRow, PhoneNumberRequest, PhoneNumberResponse,
    PhoneNumberStatusResponse, PhoneNumberTableRow, RequestDataOptions, Window,
};
use crate::http::lists::Asked;
use crate::http::payload::{Json, StrictJson, invalid};
use crate::http::problem::{Failure, Problem};
use crate::http::state::AppState;

/// The operations on an organization's numbers.
pub(super) struct OwnNumbersApi(pub(super) AppState);

/// A number.
#[derive(ApiResponse)]
enum Shown {
    /// The number as it is now.
    #[oai(status = 200)]
    Number(Json<PhoneNumberResponse>),
}

/// A page of numbers.
#[derive(ApiResponse)]
enum Listed {
    /// The page.
    #[oai(status = 200)]
    Page(Json<PagedResultOfPhoneNumberTableRow>),
}

/// A number that is no more.
#[derive(ApiResponse)]
enum Gone {
    /// The number sends no more.
    #[oai(status = 204)]
    Removed,
}

/// How a number stands.
#[derive(ApiResponse)]
enum Standing {
    /// How the number stands, and what it did lately.
    #[oai(status = 200)]
    Status(Json<PhoneNumberStatusResponse>),
}

#[OpenApi]
impl OwnNumbersApi {
    /// Registers a number.
    ///
    /// The number must be in one of this service's accounts at the carrier already: nothing is bought. A number of
    /// another organization is refused; one that the organization has, or had, gets the name and is enabled.
    #[oai(
        path = "/phone-numbers",
        method = "post",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_Create"
    )]
    async fn create(
        &self,
        caller: Authorized<NumbersWrite>,
        StrictJson(request): StrictJson<PhoneNumberRequest>,
    ) -> Result<Shown, Failure<Body>> {
        if request.id.is_some() {
            return Err(invalid("id", "is given by the service: leave it out").into());
        }
        let settings = request.settings().ok_or_else(not_a_number)?;
        let organization = caller.sender.organization_id;
        let registered = self
            .0
            .own_numbers
            .register(organization, settings, caller.actor)
            .await?;
        Ok(self.shown(&registered))
    }

    /// Lists numbers.
    ///
    /// Every number of the organization that is not removed, disabled ones included, in the order of the numbers.
    #[oai(
        path = "/phone-numbers/all/organization",
        method = "post",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_GetAllForCurrentOrganization"
    )]
    async fn list(
        &self,
        caller: Authorized<NumbersRead>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Listed, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let asked = Asked::new(&self.0, organization, &PHONE_NUMBERS, "", &options)?;
        let page = self.0.reads.phone_numbers(organization, &asked.query);
        let (page, list) = (page.await?, self.0.own_numbers.list(organization).await?);
        let now = self.0.clock.now();
        // A number that was removed in between is left out.
        let rows = page.filter_map(|id| {
            let number = list.numbers.iter().find(|one| one.facts.id == id)?;
            Some(PhoneNumberTableRow::new(&list, number, now))
        });
        let page = asked.answer(rows, |row| row);
        Ok(Listed::Page(Json(page.into())))
    }

    /// Shows a number.
    ///
    /// With what it is used for and whether it is ready to send.
    #[oai(
        path = "/phone-numbers/:phoneNumberId",
        method = "get",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_Get"
    )]
    async fn get(
        &self,
        caller: Authorized<NumbersRead>,
        /// The number.
        #[oai(name = "phoneNumberId")]
        phone_number_id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let id = known_id(&phone_number_id.0)?;
        let organization = caller.sender.organization_id;
        let number = self.0.own_numbers.show(organization, id).await?;
        Ok(self.shown(&number))
    }

    /// Changes a number's name, and whether it is enabled.
    ///
    /// What is queued on a number that is disabled is decided again.
    #[oai(
        path = "/phone-numbers/:phoneNumberId",
        method = "put",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_Update"
    )]
    async fn update(
        &self,
        caller: Authorized<NumbersWrite>,
        /// The number.
        #[oai(name = "phoneNumberId")]
        phone_number_id: Path<String>,
        StrictJson(request): StrictJson<PhoneNumberRequest>,
    ) -> Result<Shown, Failure<BodyFound>> {
        let id: PhoneNumberId = known_id(&phone_number_id.0)?;
        if request.id.as_ref().is_some_and(|named| named.0 != id) {
            return Err(invalid("id", "is not the id of the path").into());
        }
        let settings = request.settings().ok_or_else(not_a_number)?;
        let organization = caller.sender.organization_id;
        let changed = self
            .0
            .own_numbers
            .update(organization, id, settings, caller.actor)
            .await?;
        Ok(self.shown(&changed))
    }

    /// Removes a number.
    ///
    /// It sends no more, and what is queued on it is decided again. Texts to it are still received. It stays in
    /// the carrier's account, and can be registered again.
    #[oai(
        path = "/phone-numbers/:phoneNumberId",
        method = "delete",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_Delete"
    )]
    async fn delete(
        &self,
        caller: Authorized<NumbersWrite>,
        /// The number.
        #[oai(name = "phoneNumberId")]
        phone_number_id: Path<String>,
    ) -> Result<Gone, Failure<Changed>> {
        let id = known_id(&phone_number_id.0)?;
        let organization = caller.sender.organization_id;
        self.0
            .own_numbers
            .remove(organization, id, caller.actor)
            .await?;
        Ok(Gone::Removed)
    }

    /// Shows how a number stands, by its phone number.
    ///
    /// What is left of its capacity, and what it did in the last days: 7, or as many as are asked for, up to 14.
    #[oai(
        path = "/phone-numbers/:phoneNumber/status",
        method = "get",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_GetStatus"
    )]
    async fn status(
        &self,
        caller: Authorized<NumbersRead>,
        /// The number in E.164.
        #[oai(name = "phoneNumber")]
        phone_number: Path<String>,
        /// How many days up to today are counted, 1 to 14.
        #[oai(name = "windowDays")]
        window_days: Query<Option<String>>,
        /// The first day that is counted, instead.
        #[oai(name = "startDate")]
        start_date: Query<Option<String>>,
        /// The last day that is counted; today when not given.
        #[oai(name = "endDate")]
        end_date: Query<Option<String>>,
    ) -> Result<Standing, Failure<Named>> {
        let window = self.window(window_days.0, start_date.0, end_date.0)?;
        let phone = PhoneNumber::parse(&phone_number.0)
            .map_err(|_| invalid("phoneNumber", "must be a phone number in E.164"))?;
        let list = self
            .0
            .own_numbers
            .list(caller.sender.organization_id)
            .await?;
        let number = list.numbers.iter().find(|one| one.facts.phone == phone);
        let number = number.ok_or_else(|| unknown("phoneNumber"))?;
        self.standing(&list, number, window).await
    }

    /// Shows how a number stands.
    ///
    /// What is left of its capacity, and what it did in the last days: 7, or as many as are asked for, up to 14.
    #[oai(
        path = "/phone-numbers/:phoneNumberId/warmup",
        method = "get",
        tag = "Tag::PhoneNumbers",
        operation_id = "PhoneNumbers_GetWarmupStatus"
    )]
    async fn warm_up(
        &self,
        caller: Authorized<NumbersRead>,
        /// The number.
        #[oai(name = "phoneNumberId")]
        phone_number_id: Path<String>,
        /// How many days up to today are counted, 1 to 14.
        #[oai(name = "windowDays")]
        window_days: Query<Option<String>>,
        /// The first day that is counted, instead.
        #[oai(name = "startDate")]
        start_date: Query<Option<String>>,
        /// The last day that is counted; today when not given.
        #[oai(name = "endDate")]
        end_date: Query<Option<String>>,
    ) -> Result<Standing, Failure<Named>> {
        let window = self.window(window_days.0, start_date.0, end_date.0)?;
        let id = phone_number_id.0.parse();
        let id: PhoneNumberId = id.map_err(|_| unknown("phoneNumberId"))?;
        let shown = self
            .0
            .own_numbers
            .show(caller.sender.organization_id, id)
            .await;
        let (list, number) = shown.map_err(|error| {
            if matches!(error, OwnNumberError::Unknown) {
                unknown("phoneNumberId")
            } else {
                error.into()
            }
        })?;
        self.standing(&list, &number, window).await
    }
}

impl OwnNumbersApi {
    fn shown(&self, (list, number): &OwnNumber) -> Shown {
        let now = self.0.clock.now();
        Shown::Number(Json(PhoneNumberResponse::new(list, number, now)))
    }

    async fn standing(
        &self,
        list: &NumberList,
        number: &RegisteredNumber,
        window: Window,
    ) -> Result<Standing, Failure<Named>> {
        let key = (list.organization_id, number.facts.id);
        let history = self.0.own_numbers.history(key, window.from(), window.to());
        let status = PhoneNumberStatusResponse::new(
            list,
            number,
            &history.await?,
            window,
            self.0.clock.now(),
        );
        Ok(Standing::Status(Json(status)))
    }

    /// The days that a query asks for. They are not checked against each other further: `startDate` goes before
    /// `windowDays`.
    fn window(
        &self,
        days: Option<String>,
        start: Option<String>,
        end: Option<String>,
    ) -> Result<Window, Problem> {
        let date = |name, text: Option<String>| text.map(|text| day(name, &text)).transpose();
        let (start, end) = (date("startDate", start)?, date("endDate", end)?);
        let last = end.unwrap_or_else(|| self.0.clock.now().date_naive());
        let days = days.map(|text| number_of_days(&text)).transpose()?;
        let Some(first) = start else {
            return Ok(Window::ending(last, days.unwrap_or(Window::USUAL_DAYS)));
        };
        let window = Window::new(first, last);
        if window.days() == 0 {
            return Err(invalid("startDate", "must not be after endDate"));
        }
        if u64::from(window.days()) > Window::MOST_DAYS {
            return Err(invalid(
                "startDate",
                "must be at most 13 days before endDate",
            ));
        }
        Ok(window)
    }
}

fn day(name: &'static str, text: &str) -> Result<NaiveDate, Problem> {
    text.parse()
        .map_err(|_| invalid(name, "must be a date, as in 2026-11-24"))
}

fn number_of_days(text: &str) -> Result<u64, Problem> {
    let days = text.parse().ok();
    days.filter(|days| (1..=Window::MOST_DAYS).contains(days))
        .ok_or_else(|| invalid("windowDays", "must be a number from 1 to 14"))
}

/// These operations are published without 404: what names nothing is an invalid value.
fn unknown(field: &'static str) -> Problem {
    invalid(field, "is not a number of the organization")
}

fn not_a_number() -> Problem {
    invalid("number", "must be a phone number in E.164")
}
