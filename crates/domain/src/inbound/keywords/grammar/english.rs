//! English: word classes, and the phrases that are no request.
//!
//! This module must not know the requests themselves, which are in [`super::english_requests`].

use super::Language;
use super::english_requests as requests;

pub(super) const LANGUAGE: Language = Language {
    classes: CLASSES,
    insistent: requests::INSISTENT,
    denied: DENIED,
    requests: &[
        requests::BARE,
        requests::STOP_TEXTING,
        requests::DO_NOT_TEXT,
        requests::REMOVE,
        requests::WRONG_PERSON,
        requests::GO_AWAY,
    ],
    everyday: EVERYDAY,
    likely: requests::LIKELY,
    unsure: UNSURE,
};

const CLASSES: &[(&str, &str)] = &[
    (
        "filler",
        "please kindly just fucking fuckin fking damn dam goddamn freaking freakin frickin effing \
         bloody ever even really again already all so now literally simply totally completely \
         permanently actually seriously fully entirely also immediately forever anymore still \
         always finally asap personally respectfully politely hereby",
    ),
    (
        "edge",
        "hi hey hello yo hola ok okay okey k kk lol lmao omg wow ugh um uh well look listen sorry \
         excuse thanks sir maam mam madam man dude bro bruh bruv mate sis boss fam homie brother hun honey guys guy people buddy friend friends folks \
         yall lady jesus jesuschrist god christ period bitch bitches asshole assholes idiot idiots \
         moron morons scammer scammers creep creeps jerk jerks fuck fucker fuckers dumbass bastard \
         bastards spammer spammers loser losers dear everyone and but then or because cuz cause bc \
         wtf ffs smh bye goodbye haha hahaha peace greetings morning evening afternoon good team \
         there appreciated much very cheers xx regards sincerely tho though anyway bless oh ah yep once \
         instantly effective today2 sent from my iphone",
    ),
    // Words for a person to read when no phrase explains them.
    (
        "review",
        "stop stops unsubscribe unsubscribed unsubscribing optout optedout optingout revoke",
    ),
    (
        "review_at_start",
        "cancel end quit remove terminate discontinue cease",
    ),
    ("review_at_end", "cancel remove"),
    // The person and the phone.
    ("me", "me us myself"),
    (
        "mine",
        "me us myself number numbers phone cell name info information contact contacts details \
         data email digits address line mobile",
    ),
    ("my", "my our this the that these his her their"),
    (
        "number",
        "number numbers phone cell line digits mobile info contact",
    ),
    ("you", "you ya yall guys people yous youse"),
    // Ways to write to somebody.
    (
        "text",
        "text message contact call bother spam write bug harass email disturb solicit annoy reach \
         ping phone communicate notify pester sms reply respond mail hit reply dm messaging texting \
         contacting calling bothering send",
    ),
    (
        "texting",
        "texting messaging contacting calling bothering spamming harassing emailing mailing \
         writing bugging soliciting annoying pestering pinging hounding hassling badgering \
         replying responding notifying advertising marketing scamming phoning stalking disturbing \
         irritating communicating targeting robotexting robocalling smsing messing interrupting \
         tormenting",
    ),
    (
        "texted",
        "texted contacted messaged called bothered spammed emailed solicited harassed notified \
         disturbed subscribed enrolled texting contact contacting text",
    ),
    // What is written.
    (
        "texts",
        "text texts message messages sms mms notification notifications alert alerts spam texting \
         messaging subscription subscriptions newsletter newsletters communication communications \
         correspondence solicitation solicitations contact thread",
    ),
    (
        "more_texts",
        "text texts message messages sms mms notification notifications alert alerts spam texting \
         messaging subscription subscriptions newsletter newsletters communication communications \
         correspondence solicitation solicitations contact calls call emails email offers updates \
         reminders promos promotions ads advertising advertisements marketing outreach followups \
         spamming contacts voicemails robocalls stuff crap shit junk garbage nonsense bs bullshit \
         harassment robotexts mail mails soliciting deals follow madness insanity conversation chat \
         blasts campaign campaigns drip pings",
    ),
    (
        "things",
        "stuff things thing crap shit junk garbage nonsense bs bullshit anything everything",
    ),
    (
        "det",
        "the these those this that your my any more so many all of unwanted random automated \
         automatic stupid dumb annoying constant daily weekly unsolicited marketing promotional \
         further future such other every single kind with from additional silly ridiculous endless \
         nonstop no political campaign sales commercial bullshit useless repetitive spammy fake a an \
         our another sort type sms text message robo bot incessant dang anymore repeated spam \
         advertising shitty crappy unnecessary promo promotion me us to receiving getting it unsolicted",
    ),
    (
        "list",
        "list lists database system mailing mailings directory records rolodex group campaign \
              distribution program crm contacts sms texts text messages message thread \
              texting chat service alerts notifications marketing subscription updates campaigns",
    ),
    // Refusal.
    ("dont", "dont never mustnt"),
    (
        "neg",
        "dont didnt wont cant never not doesnt couldnt wouldnt shouldnt isnt arent havent hasnt \
         nolonger wasnt nor mustnt",
    ),
    ("stop", "stop quit cease halt discontinue terminate"),
    (
        "want",
        "want wants wanting wish need like care desire appreciate would prefer agree consent",
    ),
    (
        "say",
        "want say said ask asked asking tell told mean meant need try tried trying mind plan intend \
         going wish like think have had saying get wanted planning",
    ),
    ("end_it", "unsubscribe optout stop end quit cancel remove"),
    (
        "until",
        "today rn before after until till while during between tonight tomorrow yet late early when unless if \
         monday tuesday wednesday thursday friday saturday sunday weekend weekends nights mornings \
         evenings sundays saturdays later weekdays past",
    ),
    (
        "later",
        "work night school church dinner office meeting hours moment time minute 0",
    ),
    (
        "foreclosure",
        "foreclosure leak leaks leaking car bleeding water rain sale payment payments work project \
         search process clock eviction auction noise bank damage spread truck bus order check music \
         presses machine pain flood flooding shipment delivery contractor deal closing mold \
         thinking working smoking paying renting raining worrying looking running drinking laughing \
         crying dripping making living eating moving showing using losing wondering dreaming \
         garnishment garnishments wage wages repossession bankruptcy levy collection collections divorce deportation snowing buying going doing loving selling watching",
    ),
    (
        "bus",
        "bus next last first one pit rest truck full short gas door train metro subway fuel \
             coffee quick another each every final the a an my your which two three both whistle back \
             best main second third only wrong right long brief what little big flag traffic 0 tour",
    ),
];

/// What is denied, asked about, told of others or limited in time.
const DENIED: &[&str] = &[
    // The longer phrase first: words are spent once
    "<neg> <say>* to? be|get? unsubscribed|removed|optedout|cancelled|canceled|deleted from|off? <det>* <list>|$",
    "<neg> <say>* you|to* remove|delete|drop|take|unsubscribe <mine>|my* off|from|of* <det>* <list>|$",
    // "don't stop", "I can't stop thinking", "please don't cancel", "didn't mean to unsubscribe"
    "<neg> stop|quit|cease|cancel|unsubscribe|unsubscribed|unsubscribing|optout|optingout|optedout|remove|revoke|end|terminate|delete",
    "<neg> be|been|to|it? stop|stopped|cancel|unsubscribe|unsubscribed|optout|optedout|remove|revoke|end|removed",
    "<neg> <say> you|to|him|her|them|me|us|it|for|u|anyone|be|been|the|word|going|want|have* stop|stopping|quit|cease|cancel|unsubscribe|unsubscribed|optout|optedout|remove|removed|revoke|end|delete",
    "remove|delete|take|drop|get|pull|withdraw <mine>|my|our* from|off .. title|deed|loan|application|quote|mortgage|account|policy|lease|will|listing|contract|offer|hold|speaker|guard|market|shelf",
    "optout|optedout|optingout of !<edge>|<filler>|<more_texts>|<list>|<det>|<things>|any|all|everything|promo",
    "optout|optedout|optingout of the|a|an|our|my|your|this|that|any|future* !<edge>|<filler>|<more_texts>|<list>|<det>|<things>|communications|company|everything|here|promo",
    "<neg> interested now|yet|currently|today|until",
    "<neg> interested at|in this|the|present|that time|moment|point|minute|stage",
    "<neg> that _ <neg> interested",
    "<neg> interested in _ , _? i|we|but|do|what|how|looking",
    "<neg> interested in the|a|an|that|any|those|using _",
    "<neg> leave <me> alone",
    "<neg> forget|lose|delete|erase|block my|our|the|this <number>",
    "<neg> want|like this|it|these|that|them to end|stop",
    "nothing|noone|nobody .. stop",
    "no need|reason|plan|plans|intention|way|desire|point|rush for|you|to|of|us* stop|cancel|remove|unsubscribe|optout|end",
    "if|when|hope|think|fee|penalty|before|once|until|unless i|we|you|they|he|she cancel|quit|lose|delete|erase|forget",
    "end of",
    // Questions
    "should|shall|do|did|does|didnt|may i|we|he|she|it|they <stop>|unsubscribe|optout|cancel|remove",
    "did|have|has|why|when|if|since|why|after you|he|she|they|it|anyone|somebody|someone unsubscribe|unsubscribed|optout|optedout",
    "did|do|does you|he|she|they|it|anyone <stop>|cancel|delete|lose|end",
    "want|wants|like|wanted|prefer <me> to <stop>|unsubscribe|optout|cancel|remove|delete",
    "was|were|got|get|getting|been|being i|we? unsubscribed|optedout",
    "accidentally|accidently|mistakenly|mistake|unintentionally unsubscribed|optedout|unsubscribe|optout",
    "unsubscribed|optedout ..? accidentally|accidently|mistake|accident|mistakenly",
    "what happens|happen|if .. stop|unsubscribe|optout|cancel|end",
    "what|meaning .. mean|means",
    // Our own words, quoted back
    "reply|text|type|send|respond|texting|replying|says|say|said stop|end|cancel|unsubscribe|quit|optout to|2 <end_it>",
    "reply|text|type|respond stop|end|cancel|unsubscribe|quit|optout to 0",
    // "I don't text", "you never text me back", "why don't you call"
    "i|we|they|he|she|who|people <dont> <text>",
    "you never <text>",
    "you dont <text> <me>? back|enough|much|often|anymore|first",
    "if|unless you dont <text>",
    "<neg> hesitate|forget|wait|fail|afraid|shy|worry|mind to? ..? <text>",
    "<neg> be afraid|shy|scared|worried",
    "have|take|write|save|put|jot my number down",
    "unsubscribe|optout fee|fees|policy|rate|rates|was|by",
    "<dont> <text> my|the|that|her|his old|other|previous|0|00|work|office|home|house|landline",
    "<dont> <text> my|our|his|her employer|references|reference|bank|lender|accountant|attorney|lawyer|doctor|customers|clients|staff|seller|buyer|partner|friend|friends|sister|brother|ex|job",
    "why|how dont|cant|not you|u|we|i",
    "they|he|she said|says not|dont <text>",
    "you never|dont|didnt send|sent|reply|replied|respond|responded|call|called|text|texted",
    // Limits in time and place
    "<dont> <text> <me>|at|so|that|too|this|anything|any|on? <until>",
    "<dont> <text> <me>? <until>",
    "<dont> <text> <me>? at|in|on|during|for|this my|the|a? <later>|<until>|morning|evening|afternoon|week",
    "<dont> <text> <me>? this|so|that|too|very late|early|much|often|week|morning|evening|afternoon",
    "<dont> <text> <me> now ,? im|i|at|in|because|cuz|will|busy|driving|working",
    "<dont> <text> and drive",
    "<texting> and|while driving|drive",
    // Calls are unwelcome and texts are not
    "<dont> call|phone|email <me>? ,? just|please|only|rather|instead|you? can|may|should? text|message|sms",
    "<dont> call|phone|email <me>? ,? text|message|texting|texts",
    "<dont> call|phone|text <me>? ,? email|mail <me>|is|instead|only",
    "<dont> call|phone <me>? , _? _? _? ,? text|texting|message only|is|please|me|works|instead",
    "<dont> call|text|contact my|our|the|his|her office|work|house|home|landline|desk ,? call|text|use|try",
    "text|message|email <me>|only|is|best|better|please|just|works* ,? and|but? <dont> call|phone",
    "<dont> <text> my tenant|tenants|husband|wife|mom|mother|dad|father|son|daughter|parents|kids|boss|neighbor|neighbors|agent|realtor|landlord|contractor|family",
    "<dont> <text> him|her|them",
    "<dont> send anyone|anybody|him|her|someone|the|a",
    "no need to? reply|respond|answer|call|apologize $",
    "no <texts> or|and? calls|texts|messages|emails? from the|my|our|his|her",
    "got|see|saw|had|have|received|receive|getting no <texts>",
    "<dont> block <me>|my",
    "when|where|why do|does|did .. stop",
    "<dont> just|only <text>",
    "<dont> call|text|contact <me>? ,? ill|well|i|we call|text|reach|contact|let|get|will",
    "no|nope|nah just|please|only <text> <me>",
    "said|says|say reply|text|send stop|end|unsubscribe",
    "does|do stop",
    "reply|text|say|send|saying|replying|texting stop|end|cancel ,? what|will|does|do|is|would",
    "if i|you|we|someone reply|text|say|send|type stop|end|cancel|unsubscribe",
    "<neg> <say>* opt <me>|my out",
    "oops|oop|whoops|ignore .. ,? sorry? wrong|meant number|person|chat|thread|for",
    "is|was _ _? a|the wrong number",
    "is|was 0|00 0? 0? a|the wrong number",
    "fell|fall|still on|off your list",
    "disturb sign|mode|setting",
    "i|we|he|she|they might|may|could|should|had|have|has|used to? stop",
    "you|they|he|she|it|i|we stopped",
    "they|he|she|it|we quit",
    "^ stop it|that ,? youre|haha|hahaha|you making|too|so|killing|cracking",
    "<dont> call|phone|email <me>|my|this|number|phone|here|anymore* ,? text|message <me>|instead|is|only|please",
    "<stop> calling|emailing|phoning <me>? ,? and|but? just|please|only|rather|instead|you|can* text|message",
    "no calls|call|phone|emails ,? just|please|only|but text|texts|message|texting|sms",
    "no calls|call|phone|emails ,? text|texts|texting only|me|please|instead|is",
    "<dont> like|want|take|answer|do|need phone? calls|call ..? ,? text|texts|texting|message ..? is|me|only|better|works|fine|instead|please",
    // Wrong numbers that are the speaker's own
    "wrong|incorrect|bad number of",
    "i|we|she|he|they gave|give|given|entered|typed|dialed|called|texted|wrote|put|had|sent|left you|u|them|her|him|the|in|down|a* wrong number|phone|person",
    "did|do|is|was|if i|we|this|it|that|you call|called|text|have|get|got|reach|dial|the|this|a* wrong number|person",
    "^ had|called|texted|dialed|texting|calling the wrong number",
    "to|will|ill|i|might|may lose my <number>",
    "wrong number ,? sorry? my|the|its|it* correct|right|new|try|use|0",
    // Consent and interest that are given
    "you|they have|got my permission|consent",
    "i|we have|got|see|received|there|are* nomore <texts>",
    "<neg> get|got|receive|received|see|saw|seen|getting|receiving <det>* <texts>|email|emails|call|calls|offer",
    "<neg> want to miss|lose|stop|end",
    "<neg> mind <det>* <texts>",
];

/// Opt-out words with another object.
const EVERYDAY: &[&str] = &[
    "<bus> stop|stops",
    "nonstop",
    "to stop !<edge>|<filler>|<texting>|<more_texts>|sending|this|it|these|those|that|the|your|getting|receiving|all|my|me|us|now|please|with|or|and|i|im|trying|reaching|following|asking",
    "stop is|was|are|were|located",
    "stop|stops by|in|over|sign|signs|light|lights|loss|watch|off|through|along|here|there|order|orders|at|near|on|into|around|outside|next|gap|motion|shop|bath|work|short|street|0",
    "stop if|when|once|after|before|whenever",
    "stop it|this|them|that|him|her|the from",
    "stop for _",
    "stop and _",
    "stop to _",
    "stop|stops|quit|cease|end <foreclosure>",
    "stop|stops|end the|my|a|this|our|that|their|an|your? <foreclosure>",
    "stop|stops sending|getting|receiving <me> to voicemail",
    "will|could|would|can|to|gonna|may|might|ill|well|lets|if|when|could you|i|we|u|he|she|they? stop by|in|over|at|for|here|there|and|to|on|off|back",
    "i|ill|we|well|he|she|it|they|rain|leak|engine|which|who|never|always|has|had stops|stop|stopped",
    "i|we|ill|lets stop <texting>|_",
    "cancel|cancelling|canceling this|that _",
    "cancel|cancelling|canceling|reschedule my|the|our|your|his|her|a|an|for|on|and|or|because|due|if|both|tomorrow|today|tonight|tomorrows|todays|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mondays|next|anything",
    "cancel|cancelling|canceling _ appointment|appt|order|visit|meeting|showing|tour|booking|reservation|quote|service|policy|contract|offer|inspection|walkthrough|call",
    "cancel appointment|appt|order|visit|meeting|showing|tour|booking|reservation|quote|policy|contract|inspection|culture|class|job",
    "cancel at|by|without|within|anytime|fee|fees|policy",
    "remove|removed|removing|removes !<mine>|this|these|those|from|now|please|off|immediately|all|everything|00|names|everyone",
    "end time|times|up|result|table|tables|date|unit|goal|user|in|on|with|at|to|the|my|a|this|that|by|zone|game|product",
    "quit my|the|his|her|our|your|a|job|smoking|work|drinking|working|school|claim|claims|on|in|last|and|before",
    "revoke my|the|his|her|their|our license|licence|permit|offer|access|poa|power|trust|will|deed|listing",
    "terminate|terminating|discontinue|discontinued the|my|our|a|this|that|lease|contract|employment|listing",
    "cease to|fire",
];

/// What a person should read.
const UNSURE: &[&str] = &[
    "<neg> interested",
    "nolonger|not|never|no interested|interest",
    "leave|left <me> alone",
    "<dont> <text> $|<me>",
    "<dont> _? <text> <me>|my",
    "this is|its spam|scam",
    "^^ its|total|pure? spam|scam $$",
    "^^ spam|scam|scammer $$",
    "too many|much <det>* <texts>",
    "^^ fuck you|off|yall|u $$",
    "^^ shut up $$",
    "^ enough $",
    "im|were|are|we done with you|this|these|it|now",
    "<neg> sign|signed|subscribe|subscribed|request|requested|ask|asked ..? for|up|this|to",
    "<neg> want|need <det>* <more_texts>",
    "<neg> want this $",
    "<texts>|texting|texted is|are|getting|so|too|every? annoying|excessive|ridiculous|unwanted|day|hour",
    "stopped <texting>",
    "you|u|yall|they|people|i|guys keep|kept <texting>|sending|getting|receiving",
    "^^ dont $$",
    "<dont> <text> my|our|his|her _ again|ever|anymore",
    "^ i quit $",
];
