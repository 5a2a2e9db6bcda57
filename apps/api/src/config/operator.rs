//! Who runs a command, for the audit log: the name by which the person logged in, the account's number,
//! the machine, and from where the person is connected to it.

use rustix::process::getuid;
use rustix::system::uname;
use sms_domain::values::Actor;

use crate::vars::Vars;

/// The operator of this process. `OPERATOR` names the person where several share an account.
pub(super) fn operator(vars: &Vars) -> Actor {
    let said = ["OPERATOR", "SUDO_USER", "USER", "LOGNAME"];
    let name = said.into_iter().find_map(|name| vars.get(name));
    let account = getuid().as_raw();
    let name = name.map_or_else(
        || format!("uid {account}"),
        |name| format!("{name} (uid {account})"),
    );
    let machine = uname().nodename().to_string_lossy().into_owned();
    // The client's address is the first word.
    let client = vars.get("SSH_CONNECTION");
    let client = client.as_deref().and_then(|text| text.split(' ').next());
    let origin = client.map_or_else(
        || machine.clone(),
        |client| format!("{machine} from {client}"),
    );
    Actor::operator(&name, &origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(vars: &[(&str, &str)]) -> Actor {
        let owned = vars.iter().map(|(name, value)| (*name, *value));
        let values = owned.map(|(name, value)| (name.to_owned(), value.to_owned()));
        operator(&Vars::new(values))
    }

    #[test]
    fn the_person_is_named_before_the_account() {
        let account = getuid().as_raw();
        assert_eq!(of(&[]).name, format!("uid {account}"));
        assert_eq!(
            of(&[("USER", "root")]).name,
            format!("root (uid {account})")
        );
        let sudo = [("USER", "root"), ("SUDO_USER", "anna")];
        assert_eq!(of(&sudo).name, format!("anna (uid {account})"));
        let said = [("SUDO_USER", "deploy"), ("OPERATOR", "Anna B.")];
        assert_eq!(of(&said).name, format!("Anna B. (uid {account})"));
    }

    #[test]
    fn the_machine_is_named_and_from_where_the_person_is_connected() {
        let here = of(&[]).origin;
        assert!(!here.is_empty() && !here.contains(" from "), "{here}");
        let far = [("SSH_CONNECTION", "192.0.2.7 51000 10.0.0.1 22")];
        assert_eq!(of(&far).origin, format!("{here} from 192.0.2.7"));
    }
}
