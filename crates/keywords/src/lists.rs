//! Word lists: keywords and similar words, folded (lower case, no accents, no apostrophes).
//!
//! Sources of the keywords: the FCC's per-se words (47 CFR 64.1200(a)(10)), CTIA's Messaging
//! Principles 5.1.3, documented defaults of carriers and providers, and their French and Spanish
//! equivalents.

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

/// A request if it stands alone.
pub(super) const STOP_SIGN: char = '🛑';

/// For review if they stand alone: they may be a request or an answer.
pub(super) const REFUSAL_SIGNS: &[char] = &['🚫', '⛔', '✋', '🤚', '🙅', '🖕'];

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
desuscribir,desuscribirme,desuscribirse,dar de baja,darme de baja,darse de baja,no mas,nomas";

/// Keywords that are recognised with spaced letters when they are the whole text.
const SPACED: &str = "\
stop,stopall,unsubscribe,cancel,quit,revoke,optout,remove,unsub,\
arret,arrete,arretez,desabonner,desinscrire,annuler,alto,baja,pare,paren,parar,cancelar,basta";

/// Keywords that are recognised with spaced letters inside a text.
const SPELT_OUT: &str = "stop,end,quit,cancel,unsubscribe,remove,revoke,optout,arret,alto,baja";

/// Words that are recognised when a symbol masks a letter.
pub(super) const MASKED: &str = "stop,quit,cancel,remove,unsubscribe,fuck,fucking,fuckin";

/// Keywords for which a misspelling that is the whole text is accepted.
pub(super) const NEAR_MISS_TARGETS: &[&str] = &[
    "stop", "stopall", "quit", "end", "cancel", "remove", "revoke", "optout", "arret", "arrete",
    "arreter", "arretez", "annuler", "cancelar", "parar",
];

/// Words long enough to be recognised with two wrong letters.
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

/// Real words within one letter of a keyword, which must not be taken for it.
const REAL_WORDS: &str = "\
shop,stops,step,spot,spots,top,stomp,slop,sop,stow,strop,swop,stoup,quite,quiet,suit,quilt,quip,quid,quiz,quint,\
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
    "delete",
    "consent",
    "permission",
];

/// Real words within one letter of a [`CONTEXT_WORDS`] entry.
const CONTEXT_NEIGHBOURS: &str = "\
testing,resting,nesting,vesting,sexting,tenting,pleased,pleases,lease,pleas,contract,contacts,\
contrast,compact,spending,lending,bending,mending,tending,vending,sanding,seeding,fending,massage,\
massages,content,consents,permissions,passage,passages,presages,lumber,slumber,umber,numbers,numbed,falling,balling,culling,\
galling,walling,cabling,caulking,removed,removes,remover,remote,messaged,deleted,deletes,deplete";

/// Short words of requests that are corrected inside a text after a typing slip.
pub(super) const SHORT_WORDS: &[&str] = &[
    "stop", "text", "leave", "alone", "more", "quit", "list", "take", "wrong",
];

/// Real words that a slip can produce from a [`SHORT_WORDS`] entry.
const SHORT_NEIGHBOURS: &str = "\
test,atop,sop,stp,lave,aloe,mode,mote,mire,moe,qui,quot,lost,lust,lit,tale,tame,fake,rake,tet,\
lis,kist,mor,qut,sto,tae,lits";

pub(super) fn opt_in(text: &str) -> Option<&'static str> {
    entry(OPT_IN, text)
}

pub(super) fn help(text: &str) -> Option<&'static str> {
    entry(HELP, text)
}

pub(super) fn opt_out(text: &str) -> Option<&'static str> {
    entry(OPT_OUT, text)
}

/// The keyword that these letters spell without the spaces between them.
pub(super) fn spaced_opt_out(letters: &str) -> Option<&'static str> {
    entry(SPACED, letters)
}

pub(super) fn spelt_out(letters: &str) -> Option<&'static str> {
    entry(SPELT_OUT, letters)
}

pub(super) fn is_real_word(word: &str) -> bool {
    entry(REAL_WORDS, word).is_some()
}

pub(super) fn is_context_neighbour(word: &str) -> bool {
    entry(CONTEXT_NEIGHBOURS, word).is_some()
}

pub(super) fn is_short_neighbour(word: &str) -> bool {
    entry(SHORT_NEIGHBOURS, word).is_some()
}

fn entry(list: &'static str, text: &str) -> Option<&'static str> {
    list.split(',').find(|entry| *entry == text)
}
