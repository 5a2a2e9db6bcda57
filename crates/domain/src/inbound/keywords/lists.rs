//! Word lists: keywords, spellings and set pairs, folded (lower case, no accents, no apostrophes).
//!
//! This module must not know phrases. Sources of the keywords: the FCC's per-se words
//! (47 CFR 64.1200(a)(10)), CTIA's Messaging Principles 5.1.3, carriers' and providers' documented
//! defaults, and their French and Spanish equivalents.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The keywords on which Telnyx's auto-responder acts by default. REVOKE and OPT OUT, which the
/// FCC names, are not among them.
pub(super) const PROVIDER_DEFAULTS: &[&str] = &[
    "STOP",
    "STOPALL",
    "STOP ALL",
    "UNSUBSCRIBE",
    "CANCEL",
    "END",
    "QUIT",
    "START",
    "UNSTOP",
    "HELP",
];

/// Alone, a request. Other symbols of refusal may be an answer.
pub(super) const STOP_SIGN: char = '🛑';

const OPT_IN: &str = "start,unstop";

const HELP: &str = "help,info,aide,ayuda";

const OPT_OUT: &str = "\
stop,stopall,stop all,unsubscribe,un subscribe,unsub,cancel,end,quit,revoke,optout,opt out,remove,\
dnc,td,\
arret,arrete,arretez,arreter,arretez tout,desabonner,desabonnement,desabonnez,se desabonner,\
me desabonner,desinscrire,desinscription,desinscrivez,annuler,fin,cesser,cessez,stoppez,stopper,\
resilier,\
alto,baja,basta,para,parar,pare,paren,parad,cancelar,cancela,cancele,cancelen,detener,detenga,\
detengan,detente,detenganse,salir,terminar,eliminar,remover,borrar,anular,quitar,suspender,\
desuscribir,desuscribirme,desuscribirse,dar de baja,darme de baja,darse de baja,no mas,nomas,\
sair,abmelden,停止,退订,退訂,取消订阅";

/// In Cyrillic letters, which look like others once folded.
const OPT_OUT_CYRILLIC: &str = "стоп,отписаться";

/// Keywords that are recognised with their letters apart when they are the whole text.
const SPACED: &str = "\
stop,stopall,unsubscribe,cancel,quit,revoke,optout,remove,unsub,\
arret,arrete,arretez,desabonner,desinscrire,annuler,alto,baja,parar,cancelar,basta";

/// Keywords that are recognised with their letters apart inside a text.
const SPELT_OUT: &str = "stop,end,quit,cancel,unsubscribe,remove,revoke,optout,arret,alto,baja";

const RUN_TOGETHER: &str = "\
stopplease,pleasestop,plsstop,stoppls,plzstop,stopplz,stopit,stopnow,stopthis,juststop,stopstop,\
stopstopstop,stopsms,stoptext,stoptexts,stoptexting,stoptextingme,stopmessages,stopmessaging,\
stopmessagingme,stopcontactingme,stopcalling,stopcallingme,stopspam,stopspamming,stopend,stopquit,\
stopandquit,stopunsubscribe,endstop,removeme,pleaseremove,pleaseremoveme,plsremove,takemeoff,\
unsubscribeme,unsubscribeplease,pleaseunsubscribe,optmeout,optoutplease,leavemealone,nomoretexts,\
nomoretext,nomoremessages,donttext,donttextme,donottext,donottextme,dontcontactme,donotcontact,\
donotcontactme,wrongnumber,goaway,cancelplease,quitit,endthis,losemynumber,deletemynumber,\
stop2end,stop2quit,stop2stop,stoptoend,stopsvp,arretezsvp,stoppub,nomasmensajes,dejenmeenpaz,\
dejemeenpaz";

/// Words that a misspelling may be read as when it is the whole text.
pub(super) const NEAR_MISS_TARGETS: &[&str] = &[
    "stop", "stopall", "quit", "end", "cancel", "remove", "revoke", "optout", "arret", "arrete",
    "arretez", "annuler", "cancelar", "parar",
];

/// Words so long that two wrong letters still leave no doubt.
pub(super) const LONG_WORDS: &[&str] = &[
    "unsubscribe",
    "unsubscribed",
    "unsubscribing",
    "desabonner",
    "desabonnez",
    "desabonnement",
    "desinscrire",
    "desinscription",
];

/// Words within one letter of a keyword that people also mean.
const REAL_WORDS: &str = "\
shop,stops,step,top,stomp,slop,sop,stow,strop,swop,stoup,quite,quiet,suit,quilt,quip,quid,quiz,quint,\
quits,cancer,cancels,remote,removed,removes,evoke,arrest,garret,caret,parer,para,parra,pagar,pasar,\
output,annule,annules,carat";

/// Words of requests that are corrected inside a text when one letter is wrong.
pub(super) const CONTEXT_WORDS: &[&str] = &[
    "texting",
    "messages",
    "messaging",
    "message",
    "please",
    "sending",
    "contact",
    "contacting",
    "number",
    "bothering",
    "calling",
    "remove",
    "harassing",
];

/// Words within one letter of those.
const CONTEXT_NEIGHBOURS: &str = "\
testing,resting,nesting,vesting,sexting,tenting,pleased,pleases,lease,pleas,contract,contacts,\
contrast,compact,spending,lending,bending,mending,tending,vending,sanding,seeding,fending,massage,\
massages,passage,passages,presages,lumber,slumber,umber,numbers,numbed,falling,balling,culling,\
galling,walling,cabling,caulking,removed,removes,remover,remote,messaged";

/// A usual spelling and what else is written for it.
const SPELLINGS: &[(&str, &str)] = &[
    ("you", "u yu"),
    ("your", "ur yr"),
    (
        "please",
        "pls plz plse plez pleas ples pleae plss plzz pleez plese plaese porfa porfavor",
    ),
    (
        "stop",
        "stpo sotp tsop sttop stopp stahp stap stip dtop syop stopl",
    ),
    ("text", "txt tex"),
    ("texts", "txts texs textes textings"),
    (
        "texting",
        "txting txtng txtn texing textng textin txtin texteing tecting textting texring smsing",
    ),
    ("message", "msg mssg messge mesage messsage mssage"),
    (
        "messages",
        "msgs mssgs msges mesages messges messagges meassages messeges",
    ),
    ("messaging", "msging mesaging messagin massaging"),
    ("dont", "dnt donot doont dontt"),
    ("cant", "cannot"),
    ("isnt", "aint"),
    ("cancel", "cancle cansel cancell cancal canel"),
    ("remove", "remve romove remov rmv remvoe rmove"),
    ("number", "numer nummber numbr num nbr numbe"),
    (
        "unsubscribe",
        "unsuscribe unsub unscribe unsubscirbe unsubscribes",
    ),
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
    ("them", "em"),
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
];

/// One word and the pairs that are read as it.
const PAIRS: &[(&str, &str)] = &[
    (
        "optout",
        "opt out,op out,opt oit,opt our,opt ot,optt out,opt aut,opt put",
    ),
    ("optingout", "opting out"),
    ("optedout", "opted out"),
    ("unsubscribe", "un subscribe,un unsubscribe,un sub"),
    ("unsubscribed", "un subscribed"),
    ("unregister", "un register"),
    ("unenroll", "un enroll"),
    ("nonstop", "non stop"),
    ("noone", "no one"),
    ("dont", "do not,do nt,do no,don t"),
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
    ("nomore", "no more"),
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

pub(super) fn opt_in(text: &str) -> Option<&'static str> {
    entry(OPT_IN, text)
}

pub(super) fn help(text: &str) -> Option<&'static str> {
    entry(HELP, text)
}

pub(super) fn opt_out(text: &str) -> Option<&'static str> {
    entry(OPT_OUT, text)
}

/// For a text in lower case whose letters are not folded.
pub(super) fn opt_out_cyrillic(text: &str) -> Option<&'static str> {
    entry(OPT_OUT_CYRILLIC, text)
}

/// The keyword that these letters spell once the spaces between them are gone.
pub(super) fn spaced_opt_out(letters: &str) -> Option<&'static str> {
    entry(SPACED, letters)
}

pub(super) fn spelt_out(letters: &str) -> Option<&'static str> {
    entry(SPELT_OUT, letters)
}

pub(super) fn run_together(letters: &str) -> Option<&'static str> {
    entry(RUN_TOGETHER, letters)
}

pub(super) fn is_real_word(word: &str) -> bool {
    entry(REAL_WORDS, word).is_some()
}

pub(super) fn is_context_neighbour(word: &str) -> bool {
    entry(CONTEXT_NEIGHBOURS, word).is_some()
}

/// The usual spelling of an abbreviation or a frequent misspelling.
pub(super) fn alias(word: &str) -> Option<&'static str> {
    ALIAS.get(word).copied()
}

/// The one word for two that belong together.
pub(super) fn pair(left: &str, right: &str) -> Option<&'static str> {
    PAIR.get(&(left, right)).copied()
}

fn entry(list: &'static str, text: &str) -> Option<&'static str> {
    list.split(',').find(|entry| *entry == text)
}
