//! The pages about problems: every type that is answered leads to one.

use serde_json::Value;

use crate::fakes::World;

const TABLE: &str = include_str!("../data/bad_requests.jsonl");

#[tokio::test]
async fn the_type_of_every_problem_is_the_address_of_a_page_about_it() {
    let client = World::new().client();
    for line in TABLE.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let path = format!("/problems/{}", row["type"].as_str().unwrap());
        let page = client.get(&path).send().await;
        page.assert_status_is_ok();
        page.assert_header("content-type", "text/markdown; charset=utf-8");
        let text = page.0.into_body().into_string().await.unwrap();
        assert!(
            text.contains(&format!("Status {}", row["status"])),
            "{path}"
        );
    }
}
