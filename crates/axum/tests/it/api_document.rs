//! The OpenAPI document.

use crate::support::{Api, Service};

#[tokio::test]
async fn document_names_its_server() {
    let service = Service::with_api().await;
    let api = Api::app(&service).await;
    let document = api.document();
    assert_eq!(document["servers"][0]["url"], "/test/api/v1");
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[tokio::test]
async fn every_post_documents_its_guards() {
    let service = Service::with_api().await;
    let api = Api::app(&service).await;
    let paths = api.document()["paths"].as_object().unwrap();
    assert!(paths.len() > 25, "{}", paths.len());
    for (path, item) in paths {
        let Some(operation) = item.get("post") else {
            continue;
        };
        let body = &operation["requestBody"]["content"]["application/json"];
        assert!(body.is_object(), "{path}");
        for status in ["400", "403", "413", "415", "500", "503"] {
            let content = &operation["responses"][status]["content"];
            assert!(
                content["application/problem+json"].is_object(),
                "{path} {status}"
            );
        }
    }
}
