//! The lists of sources, of leads and of the opt-out list.

use poem::http::{Method, StatusCode};
use serde_json::json;
use sms_domain::facts::{Lead, LeadDetails};
use sms_domain::ports::{LeadRowView, LeadsWith};
use sms_domain::values::LeadTag;
use sms_testkit::fixtures::{lead_id, noon, organization_id, phone};

use crate::fakes::World;
use crate::leads::SOURCE;
use crate::operations::call;

pub(crate) fn row() -> LeadRowView {
    let lead = Lead::new(organization_id(), lead_id(), phone("+14045550100"));
    LeadRowView {
        lead: Lead {
            source_id: Some(SOURCE),
            ..lead
        },
        details: LeadDetails::default(),
        created_at: Some(noon()),
        modified_at: None,
        source_name: Some("Website".to_owned()),
        organization_name: Some("Acme Roofing".to_owned()),
    }
}

#[tokio::test]
async fn sources_leads_and_the_opt_out_list_are_listed() {
    for (path, id) in [
        ("/sources/all/my", SOURCE.to_string()),
        ("/leads/all/my", lead_id().to_string()),
        (
            "/suppressions/all/my",
            crate::suppressions::stopped().id.to_string(),
        ),
    ] {
        let answer = call(&World::new(), Method::POST, path, Some(json!({}))).await;
        assert_eq!(answer.status, StatusCode::OK, "{path} {}", answer.body);
        assert_eq!(answer.body["items"][0]["id"], id, "{path}");
        let order = json!({ "orderBy": [{ "field": "mood" }] });
        let answer = call(&World::new(), Method::POST, path, Some(order)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn leads_are_listed_by_tags_and_by_whether_they_are_archived() {
    let world = World::new();
    let path = "/leads/all/my?tagIds=Web&tagIds=new%20lead&tagMatchAll=true&archiveFilter=Active";
    let answer = call(&world, Method::POST, path, Some(json!({}))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.body["items"][0]["source"]["name"], "Website");
    let asked = world.service.leads.lock().unwrap().clone();
    let tags = ["Web", "new lead"].map(|tag| LeadTag::parse(tag).unwrap());
    let expected = LeadsWith {
        is_archived: Some(false),
        tags: tags.into(),
        has_all_tags: true,
        is_untagged: false,
    };
    assert_eq!(asked[0].0, expected);
    for (query, field) in [
        ("archiveFilter=gone", "archiveFilter"),
        ("tagMatchAll=maybe", "tagMatchAll"),
        ("tagIds=", "tagIds"),
    ] {
        let path = format!("/leads/all/my?{query}");
        let answer = call(&world, Method::POST, &path, Some(json!({}))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(answer.body["errors"][field].is_array(), "{}", answer.body);
    }
}
