//! English word classes.

/// Names and words of the classes.
pub(super) const CLASSES: &[(&str, &str)] = &[
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
         instantly effective sent from my iphone",
    ),
    // Words that a person should read if no phrase explains them.
    (
        "review",
        "stop stops unsubscribe unsubscribed unsubscribing optout optedout optingout revoke tcpa",
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
         data email digits address line mobile numero num coordinates",
    ),
    ("my", "my our this the that these his her their"),
    (
        "number",
        "number numbers phone cell line digits mobile info contact numero num",
    ),
    ("you", "you ya yall guys people yous youse"),
    // Ways to write to a person.
    (
        "text",
        "text message contact call ring bother spam write bug harass email disturb solicit annoy reach \
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
         harassment robotexts mail mails soliciting deals follow madness insanity conversation \
         chat blasts campaign campaigns drip pings chats bulletins blast bots pitches",
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
         nolonger wasnt nor mustnt ion",
    ),
    // Unwillingness, as opposed to inability.
    (
        "neg_will",
        "dont didnt wont never not doesnt wouldnt shouldnt isnt arent havent hasnt nolonger wasnt \
         nor mustnt ion",
    ),
    ("stop", "stop quit cease halt discontinue terminate"),
    (
        "want",
        "want wants wanting wish wishes need needs like care desire appreciate would prefer agree consent",
    ),
    (
        "say",
        "want say said ask asked asking tell told mean meant need try tried trying mind plan intend \
         going wish like think have had saying get wanted planning",
    ),
    ("end_it", "unsubscribe optout stop end quit cancel remove"),
    (
        "until",
        "today rn before after until till while during between tonight tomorrow yet late early \
         when unless if monday tuesday wednesday thursday friday saturday sunday weekend weekends \
         nights mornings evenings sundays saturdays later weekdays past til",
    ),
    (
        "later",
        "work night school church dinner office meeting hours moment time minute 0",
    ),
    // Words that follow "I'm not" and are not names.
    (
        "state",
        "a able acceptable afraid against allowed alone an approved as at available aware bad \
         buying certain cheap clear comfortable convinced cool correct covered desperate doing \
         done driving easy eligible employed enough fair familiar far feeling for free from fun \
         funny getting going good great happy helpful her here his home how hungry impressed in \
         insured interested into it its joking kidding licensed living local looking lying mad \
         married moving much my near new normal ok okay old on opposed paying possible \
         qualified ready really renting retired rich right rushing saying seeing selling sick \
         so sold spam sure surprised taking that the there time to too true trying up urgent \
         using very waiting what who why with working worried yet you your",
    ),
    (
        "foreclosure",
        "foreclosure leak leaks leaking car bleeding water rain sale payment payments work \
         project search process clock eviction auction noise bank damage spread truck bus order \
         check music presses machine pain flood flooding shipment delivery contractor deal \
         closing mold thinking working smoking paying renting raining worrying looking running \
         drinking laughing crying dripping making living eating moving showing using losing \
         wondering dreaming garnishment garnishments wage wages repossession bankruptcy levy \
         collection collections divorce deportation snowing buying going doing loving selling \
         watching autopay automatic autodraft beeping alarm ringing buzzing ticking squeaking \
         growth infestation",
    ),
    (
        "creditors",
        "creditor creditors collector collectors lender lenders bank banks landlord telemarketers \
         callers irs debtors collections agencies agency",
    ),
    (
        "bus",
        "bus next last first one pit rest truck full short gas door train metro subway fuel \
         coffee quick another each every final the a an my your which two three both whistle back \
         best main second third only wrong right long brief what little big flag traffic 0 tour \
         way",
    ),
];
