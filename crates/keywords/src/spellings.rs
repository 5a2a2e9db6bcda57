//! Usual spellings of abbreviations, frequent misspellings and word pairs, folded (lower case, no
//! accents, no apostrophes).

use std::collections::HashMap;
use std::sync::LazyLock;

/// A usual spelling and its variants.
const SPELLINGS: &[(&str, &str)] = &[
    ("you", "u yu"),
    ("your", "ur yr yer"),
    (
        "please",
        "pls plz plse plez pleas ples pleae plss plzz pleez plese plaese porfa porfavor",
    ),
    (
        "stop",
        "stpo sotp tsop sttop stopp stahp stawp stawpp stap stip dtop syop stopl",
    ),
    ("text", "txt tex"),
    ("texts", "txts texs textes textings"),
    (
        "texting",
        "txting txtng txtn texing textng textin txtin texteing tecting textting texring smsing textn txtn",
    ),
    ("message", "msg mssg messge mesage messsage mssage"),
    (
        "messages",
        "msgs mssgs msges mesages messges messagges meassages messeges",
    ),
    ("messaging", "msging mesaging messagin massaging"),
    ("dont", "dnt donot doont dontt dint dony donr dpnt donf"),
    ("cant", "cannot"),
    ("isnt", "aint"),
    ("cancel", "cancle cansel cancell cancal canel"),
    ("remove", "remve romove remov rmv remvoe rmove"),
    ("number", "numer nummber numbr num nbr numbe numba numbah"),
    (
        "unsubscribe",
        "unsuscribe unsub unscribe unsubscirbe unsubscribes",
    ),
    ("optout", "optoout opout optut opput"),
    ("contact", "contac contect conact cntact"),
    ("contacting", "contacing contactin"),
    ("sending", "sendin sendng sendig snding"),
    ("calling", "callin"),
    ("bothering", "botherin"),
    ("spamming", "spaming"),
    ("harassing", "harrassing harrasing harasing"),
    ("harass", "harrass harras"),
    ("harassment", "harrassment harrasment"),
    ("list", "lst"),
    ("thanks", "thx tks tysm ty thnx tnx thankyou"),
    ("wrong", "wrng worng rong"),
    ("interested", "intrested interrested intersted inerested"),
    ("people", "ppl pple"),
    ("them", "em dem"),
    ("want", "wanna wan"),
    ("have", "gotta"),
    ("trying", "tryna"),
    ("tomorrow", "tmr tmrw tomorow"),
    ("tonight", "tonite"),
    ("textos", "texto"),
    ("mensajes", "msj msjs mensage mensages mensaje mjs msn"),
    ("escriba", "escriva"),
    ("escriban", "escrivan"),
    ("escribas", "escrivas"),
    ("que", "q"),
    ("por", "x"),
    ("this", "dis thiss"),
    ("the", "da tha"),
    ("with", "wit wiht"),
    ("nothing", "nuthin nuttin nothin"),
    ("something", "somethin"),
    ("these", "dese theese"),
    ("pu", "pus"),
];

/// One word and the word pairs that are read as that word.
const PAIRS: &[(&str, &str)] = &[
    (
        "optout",
        "opt out,op out,opt oit,opt our,opt ot,optt out,opt aut,opt put,opt otu,otp out,opt ouy,opt outt,opt ut,opt iut,opy out,oot out,ipt out,opt oout",
    ),
    ("optingout", "opting out"),
    ("optedout", "opted out"),
    ("unsubscribe", "un subscribe,un unsubscribe,un sub"),
    ("unsubscribed", "un subscribed"),
    ("unregister", "un register"),
    ("unenroll", "un enroll"),
    ("nonstop", "non stop"),
    ("noone", "no one"),
    (
        "dont",
        "do not,do nt,do no,don t,do mot,do bot,do nit,do npt",
    ),
    ("doesnt", "does not,doesn t"),
    ("didnt", "did not,didn t"),
    ("cant", "can not,can t"),
    ("couldnt", "could not"),
    ("wont", "will not,won t"),
    ("wouldnt", "would not"),
    ("shouldnt", "should not"),
    ("havent", "have not"),
    ("hasnt", "has not"),
    ("isnt", "is not,isn t"),
    ("arent", "are not,youre not"),
    ("wasnt", "was not"),
    ("im", "i m,i am"),
    ("ive", "i ve"),
    ("youre", "you re,you are"),
    ("its", "it s"),
    ("nolonger", "no longer"),
    ("nomore", "no more,no mo"),
    ("anymore", "any more"),
    ("thanks", "thank you,thank your"),
    ("now", "right now"),
    ("message", "text message,sms message"),
    ("messages", "text messages,texting messages,sms messages"),
    ("messaging", "text messaging"),
    ("texts", "sms texts"),
    ("email", "e mail"),
    ("emails", "e mails"),
    (
        "number",
        "phone number,cell number,cellphone number,telephone number,mobile number",
    ),
    ("phone", "cell phone"),
    ("voicemail", "voice mail"),
    ("fucking", "the fuck,the hell,the heck"),
    ("please", "por favor,sil plait"),
    ("maintenant", "de suite"),
    ("sil", "s il,sil vous,sil te"),
    ("stop", "s top,st op,sto p"),
];

static ALIAS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    SPELLINGS
        .iter()
        .flat_map(|(usual, others)| others.split(' ').map(|other| (other, *usual)))
        .collect()
});

static PAIR: LazyLock<HashMap<(&str, &str), &str>> = LazyLock::new(|| {
    PAIRS
        .iter()
        .flat_map(|(one, pairs)| pairs.split(',').map(|pair| (pair, *one)))
        .filter_map(|(pair, one)| Some((pair.split_once(' ')?, one)))
        .collect()
});

/// The usual spelling of an abbreviation or a frequent misspelling.
pub(super) fn alias(word: &str) -> Option<&'static str> {
    ALIAS.get(word).copied()
}

/// The word with a dropped final "g" restored ("textin" → "texting").
pub(super) fn full_ending(word: &str) -> Option<String> {
    word.ends_with("in").then(|| format!("{word}g"))
}

/// The single word for a pair of words that belong together.
pub(super) fn pair(left: &str, right: &str) -> Option<&'static str> {
    PAIR.get(&(left, right)).copied()
}
