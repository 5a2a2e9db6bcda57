//! Resolves names for connections, and refuses those with an address that may not be called. The addresses
//! that it returns are the ones that the connection is made to, so nothing can change in between.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::target::Reach;

type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Looks up the addresses of a name.
type LookUp = dyn Fn(String) -> Looking + Send + Sync;

/// A resolver that returns only addresses that may be called.
pub(crate) struct CheckingResolver {
    reach: Reach,
    look_up: Arc<LookUp>,
}

/// The name has an address that may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name has an address that is not public")]
pub(crate) struct NotPublic;

impl CheckingResolver {
    /// Over the resolver of the machine.
    pub(crate) fn new(reach: Reach) -> Self {
        Self::over(reach, |name| {
            Box::pin(async move {
                // The port is that of the URL, which the connector puts in.
                tokio::net::lookup_host((name, 0))
                    .await
                    .map(Iterator::collect)
            })
        })
    }

    pub(crate) fn over(
        reach: Reach,
        look_up: impl Fn(String) -> Looking + Send + Sync + 'static,
    ) -> Self {
        Self {
            reach,
            look_up: Arc::new(look_up),
        }
    }
}

impl Resolve for CheckingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, looking) = (self.reach, (self.look_up)(name.as_str().to_owned()));
        Box::pin(async move {
            let found = looking.await?;
            // One address that is not public spoils the others: public names have none, and a name that
            // answers with both tries to get past this check.
            if found.iter().any(|address| !reach.allows(address.ip())) {
                return Err(Box::new(NotPublic) as Box<dyn Error + Send + Sync>);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A resolver whose look-ups have these results, one after the other.
    fn answering(answers: &[&[&str]]) -> CheckingResolver {
        let answers = answers.iter().rev().map(|addresses| {
            let parsed = addresses
                .iter()
                .map(|one| SocketAddr::new(one.parse().unwrap(), 0));
            parsed.collect::<Vec<_>>()
        });
        let answers = Mutex::new(answers.collect::<Vec<_>>());
        CheckingResolver::over(Reach::Public, move |_| {
            let next = answers.lock().unwrap().pop().unwrap();
            Box::pin(std::future::ready(Ok(next)))
        })
    }

    async fn resolved(resolver: &CheckingResolver) -> Option<Vec<String>> {
        let name: Name = "hooks.acme.com".parse().unwrap();
        let addresses = match resolver.resolve(name).await {
            Ok(addresses) => addresses,
            Err(error) => {
                assert!(error.is::<NotPublic>());
                return None;
            }
        };
        Some(addresses.map(|one| one.ip().to_string()).collect())
    }

    #[tokio::test]
    async fn a_name_with_public_addresses_keeps_them_in_order() {
        let resolver = answering(&[&["8.8.8.8", "2606:4700:4700::1111"]]);
        let addresses = resolved(&resolver).await.unwrap();
        assert_eq!(addresses, ["8.8.8.8", "2606:4700:4700::1111"]);
    }

    #[tokio::test]
    async fn a_name_with_any_private_address_is_refused() {
        for addresses in [
            &["127.0.0.1"][..],
            &["8.8.8.8", "10.0.0.1"],
            &["fd00::1"],
            &["::ffff:10.0.0.1"],
            &["64:ff9b::a00:1"],
        ] {
            assert_eq!(
                resolved(&answering(&[addresses])).await,
                None,
                "{addresses:?}"
            );
        }
    }

    #[tokio::test]
    async fn every_look_up_is_checked_again() {
        let resolver = answering(&[&["8.8.8.8"], &["127.0.0.1"]]);
        assert!(resolved(&resolver).await.is_some());
        assert_eq!(resolved(&resolver).await, None);
    }
}
