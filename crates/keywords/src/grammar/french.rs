//! French as written to a business in Canada: with and without accents, *ne* and courtesies.

use super::Language;

pub(super) const LANGUAGE: Language = Language {
    code: "fr",
    classes: CLASSES,
    insistent: INSISTENT,
    denied: DENIED,
    partial: &[],
    requests: &[BARE, ARRETEZ, NE_PLUS, RETIREZ],
    everyday: EVERYDAY,
    likely: LIKELY,
    unsure: UNSURE,
};

const CLASSES: &[(&str, &str)] = &[
    (
        "filler",
        "svp sil plait immediatement maintenant tout donc vraiment veuillez jamais encore",
    ),
    (
        "edge",
        "bonjour bonsoir salut allo merci monsieur madame desole desolee et mais ou car parce bon \
         alors beaucoup cordialement ostie tabarnak crisse calisse merde stp vite d abord avance \
         accord heille wo ayoye ben coudonc voyons bye",
    ),
    (
        "review",
        "arretez arrete arreter desabonner desabonnez desabonnement desinscrire desinscription \
         cessez desinscrivez stoppez",
    ),
    (
        "arretez",
        "arretez arrete arreter arret cessez cesse cesser arretiez cessiez stoppez stopper stop finissez arreteriez",
    ),
    ("fr_not", "plus pas jamais rien aucun pu pus"),
    (
        "fr_texter",
        "texter ecrire envoyer contacter appeler deranger harceler spammer messager importuner \
         solliciter relancer embeter telephoner recevoir achaler textoter deranger communiquer \
         joindre parler insister recontacter rappeler reecrire retexter ecoeurer gosser emmerder \
         tanner talonner demander proposer offrir",
    ),
    (
        "fr_textez",
        "textez ecrivez envoyez contactez appelez derangez harcelez texte ecris envoie contacte \
         appelle ecrire envoyer contacter texter deranger appeler derange relancez sollicitez \
         envoyes ecrives achalez recontactez recontacter importunez telephonez messagez spammez \
         rappelez tannez tanne achale ecriviez envoyiez contactiez textiez appeliez derangiez \
         communiquez parlez rejoignez",
    ),
    (
        "fr_textos",
        "messages message textos texte texts sms courriels courriel pub pubs publicite publicites \
         notifications appels communications sollicitations spam infolettre alertes envois envoi \
         messagerie texto harcelement conneries promotions contact contacts sollicitation \
         solicitation solicitations demarchage reclame reclames offres annonces promos",
    ),
    (
        "fr_det",
        "de d des les vos ces tous toutes l la le cet cette votre mes ce ca envoi envois m me ton \
         tes autres autre a un une vous texte aucun aucune",
    ),
    (
        "fr_soir",
        "avant apres soir matin nuit dimanche samedi travail pendant aujourd demain heures \
         weekend semaine quand si 0 tard tot lundi conduisant volant reunion conduite",
    ),
    (
        "fr_rendez",
        "rendez rdv commande visite contrat reservation rencontre soumission offre billet vol \
                   vente projet travaux estimation achat",
    ),
];

const INSISTENT: &[&str] = &[
    "n|ne ai|avons jamais|pas donne mon|notre|de? consentement",
    "comment|pour|veux|voudrais|souhaite|aimerais|faut|besoin|demande me|m|se|nous|vous desabonner|desinscrire|retirer|enlever",
    "comment|pour|veux|voudrais|souhaite|aimerais ..? arreter|cesser <fr_det>* messages|message|textos|texto|texts|sms|courriels|pub|pubs|publicites|notifications|communications|sollicitations|spam|envois|recevoir",
    "pourquoi|quand .. arretez <fr_not>? de me|m <fr_texter>",
    "aimerais|veux|voudrais|souhaite|souhaiterais|demande|exige que|qu ..? arretiez|cessiez|arrete|arretes|cesse|arretent|cessent $|de|d|ca|les|tout",
    "faut|faudrait|doit|devez|devriez arreter|cesser ca|cela $",
    "faut|faudrait|doit|devez|devriez arreter|cesser de|d m|me|nous* <fr_texter>",
    "faut|faudrait que|qu ca|vous|tu arrete|arretiez|arretes|cesse|cessiez $|de|d",
];

const DENIED: &[&str] = &[
    "n|ne m|me|vous|nous|te|s|se? arretez|arrete|arreter|arreterez|annulez|annule|cessez|cesse|desabonnez|retirez|supprimez|enlevez vous|moi|surtout? pas|jamais",
    "pas|plus interesse|interessee|interesses pour|en maintenant|l|le|ce|cette|moment|instant",
    "avez|a|as|ont|ai vous|t|il|elle|ils|on|tu? arrete|cesse",
    "ne|n|pas pas|veux|voulais|voulait|souhaite|veut|peux|peut|m|me|te|vous|nous|jamais|demande|de|pas|envie* arreter|desabonner|desinscrire|annuler|cesser|arrete|desabonne|desabonnee",
    "vous|tu|il|elle|ils|on ne|n? m|me|nous textez|ecrivez|envoyez|contactez|appelez|ecris|envoies|repondez <fr_not>",
    "pourquoi|comment .. <fr_textez>",
    "ne|n m|me|nous? <fr_textez> pas|plus|rien|jamais|ca|cela* a|le|les|au|en|la|d|apres|trop|si|avant|pendant* <fr_soir>",
    "ne|n m|me appelez|appelle|telephonez pas|plus ,? <fr_textez>|textez|ecrivez|juste|plutot|par",
    "sans|un|une|le|du|l|prochain|prochaine|dernier|cet|d arret|arrets",
    "arret de|d|du|a bus|autobus|metro|tram|travail|la|cote",
    "dois|devrais|puis|peux|peut|va|vais|allez|faut je|on|il|nous|t|m|s? arreter|annuler|desabonner",
    "ai|a|avons|n pas|plus recu|de|vos|votre|eu* <fr_textos>",
    "recois|recoit|recevons|vois plus|pas <fr_det>* <fr_textos>",
    "pas|aucun de|d? <fr_textos> recu|recus|encore|depuis",
    "pas|plus|aucun d|de? appels|appel|telephone svp? ,? juste|seulement|textez|textos|texto|ecrivez|par|mais",
    "arreter|cesser|arrete|arretent|cessent <fr_det>* appels|creanciers|saisies|recouvrement de? recouvrement|creanciers|$",
    "pas|plus|aucunement interesse|interessee|interesses par|a|avec|dans l|la|le|les|cette|ce|autre* _ ,? mais|par|plutot|juste",
    "arretez|arrete|cessez pas|jamais|surtout",
    "arretez|arrete moi si",
];

const BARE: &[&str] = &[
    "^ <arretez>|desabonner|desabonnement|desabonnez|desabonne|desinscrire|desinscription|desinscrivez|cessez ca|cela|tout|moi|nous|donc* $",
    "^^ annuler|annulez|fin|quitter|retirer|supprimer $$",
    "^ plus|pu|pas|aucun|aucune|assez|non aucun? de|d? <fr_textos> $|de|du",
    "^ ca suffit",
    "^^ assez|suffit $$",
    "ai|avais dit|demande|ecrit|repondu ..? stop|arret|arreter|arretez|desabonner",
    "stop|arret merci|svp|pub $",
    "^^ bloque|bloquee|signale $$",
    "pas|plus|aucunement interesse|interessee|interesses ,? <arretez> $",
    "^^ annulation|terminer|resiliation|desactiver|desactivez $$",
    "stop|cancel|end|remove|delete|unsubscribe moi|mon|les|vos|ces|tes|de|aux|l* <fr_textos>|numero|moi",
    "^ <arretez> ca|cela|tout la|maintenant|svp $",
    "^ on|faut? arrete|arreter ca|tout|la",
    "^ c|ca|assez est|c|suffit|assez* assez la? $",
    "assez|marre|tanne|tannee|plein|ras ..? de|d|des <fr_det>* <fr_textos>",
    "^^ plus|pu rien $$",
    "^ <arretez> la $",
    "^ <arretez> avec ca|cela|vos|tes|ces|les",
    "^ numero bloque $",
    "bien|mieux|preferable|temps|apprecie|apprecierais|gentil|merci de|d <arretez> $|de|d|les|vos|ca",
    "^ pas|plus|jamais m|me|nous? <fr_texter> $|svp|ici",
];

const ARRETEZ: &[&str] = &[
    "<arretez> donc|moi? de|d|a|avec m|me|nous|d|toujours|te|vous* <fr_texter>",
    "<arretez> de|d ne? m|me|nous <fr_textez>",
    "<arretez> <fr_det>* <fr_textos>",
    "<arretez> ca|cela|tout|tous|moi $",
    "ecoeure|ecoeuree|tanne|tannee|tannes|fatigue|fatiguee|marre|assez ..? de|d recevoir|vos|ces|tes",
    "annuler|annulez|annule|resilier|resiliez <fr_det>* <fr_textos>",
    "annuler|annulez|resilier|resiliez|annule mon|l|mes|notre|cet|cette abonnement|inscription|abonnements",
    "annuler|annulez|annule|resilier|resiliez|terminer|fermer|cancellez|canceller mon|l|mes|notre|cet|cette|le|d* abonnement|inscription|abonnements",
    "desactivez|desactiver|coupez|couper|fermez|suspendez|suspendre|bloquez|bloquer <fr_det>* <fr_textos>",
];

const NE_PLUS: &[&str] = &[
    "ne|n|n plus|pu|pas|jamais|rien* m|me|nous? plus|pas? <fr_textez>|<fr_texter>",
    "ne|n m|me|nous <fr_textez> <fr_not>",
    "m|me|nous <fr_textez> plus|pas|rien|jamais",
    "<fr_textez> moi|nous <fr_not> $|rien|de|d? <fr_textos>|$",
    "<fr_textez> plus|pas|jamais ce|mon|cet|ici|moi|ca|a|de|rien|$",
    "veux|veut|souhaite|desire|voudrais|voulons|souhaitons|desirons|aimerais|besoin|consens|autorise|accepte plus|pu|pas|rien|aucun|aucune|jamais|ne de|d|recevoir|etre|avoir|m|que|vous|me|jamais* <fr_det>* <fr_textos>|contacte|contactee|derange|derangee|sollicite|sollicitee|entendre|texte|appele|textez|ecriviez|contactiez|texter|rien|contactes|recevoir",
    "veux|souhaite|desire|voudrais rien|plus|pu|pas recevoir|savoir",
    "ne|n veux|souhaite|desire|voudrais rien|plus|pu recevoir|rien|de|entendre",
    "retire|revoque|annule mon consentement|autorisation",
    "pas|jamais|sans|aucun donne|mon|de|d|consenti|autorise consentement|autorisation|a|permission",
    "pas|plus|fini|assez les|de|d|avec|vos|des textos|messages|sms",
    "en veux|veut|voulons plus|pu|pas de|d|$ <fr_det>* <fr_textos>|$",
    "vous demande|demandons|demanderais|prie|supplie|conjure ,? d|de|bien|vouloir* <arretez>",
    "<fr_textos> .. pas|plus les? bienvenus|bienvenu|bienvenue|desires|desire|sollicites|voulus|autorises",
    "jamais|pas|rien demande|demander|sollicite|accepte|voulu|inscrit|inscrite|abonne|abonnee a|de|d|pour|m|etre|recevoir* <fr_det>* <fr_textos>|recevoir|contacte|contactee",
    "interdis|interdit|interdiction|defense|defends ..? de|d me|nous? <fr_texter>|<fr_textez>",
    "ne|de|d pas|plus|n etre contacte|contactee|derange|derangee|sollicite|sollicitee|texte|textee|rejoint|rejointe $|par|a",
    "demande|demandais|dit|averti|prie|supplie|demandons vous|deja|t|te|encore|plusieurs|fois* d|de <arretez> $|de|d|ca|tout",
    "n|ne avez|as|ont pas|jamais|aucunement ma|mon|de|d|la|notre|eu* permission|consentement|autorisation",
];

const RETIREZ: &[&str] = &[
    "desabonnez|desinscrivez|retirez|enlevez|supprimez|otez|effacez|rayez|radiez|desabonne|retire|enleve|supprime|efface|ote|sortez|bloquez moi|nous|numero|ce|cet",
    "desabonnez|desinscrivez|retirez|enlevez|supprimez|otez|effacez|rayez|retire|enleve|supprime|efface|ote mon|mes|nos|notre|le numero|nom|contact|coordonnees|donnees|telephone|cellulaire|informations|cell",
    "m|me|nous|se|te retirer|enlever|supprimer|desabonner|desinscrire|oter|rayer|sortir|effacer|desabonne",
    "retirer|retirez|enlever|enlevez|supprimer|supprimez|effacer|effacez|radiez|radier|rayez|rayer|bloquez|bloquer|jetez|jeter|dechirez|brulez|oubliez|perdez|perds|oublie mon|ce|le|mes|notre|nos numero|nom|contact|coordonnees|donnees|telephone|cellulaire|informations",
    "de|d votre|vos|la|cette|ta|ces liste|listes",
    "desabonner|desabonnez|desabonnement|desinscrire|desinscription|desinscrivez",
    "mauvais|faux|mauvaise numero|personne|num",
    "pas|plus le|la|mon|son|a? bon|bonne|son numero|personne",
    "vous|tu|t|etes|es|avez|s|as|est|a* trompez|trompe|trompes de numero|personne",
    "erreur de numero|personne",
    "lache|lachez|fichez|foutez|fous|fiche|crissez|crisse|calissez|sacrez moi|nous|donc|la|patience|tranquille|paix|en",
    "laissez|laisse moi|nous|la|donc* tranquille|tranquilles|$",
    "laissez|laisse moi|nous en paix",
    "foutez|fous|decrissez|decalissez|crissez le|moi|la camp|patience|paix",
    "degagez|degage|allez|va chier|vous|$",
    "ne|n|pas deranger",
    "porter|porte|porterai|deposer|depose|faire une? plainte",
    "c|est|du du? harcelement",
    "connais|connait pas? personne|aucun|aucune",
    "oubliez|oublie moi|nous $|svp|et",
    "je|j vous|te|t|ai|vais|viens|de|m|en|va* bloque|bloquer|bloquerai|signale|signaler|signalerai|denonce|denoncer|denoncerai|rapporte",
    "vous|tu|t|numero etes|es|est|sera|serez|seras signale|bloque|denonce|bloques|signales",
    "signale|signaler|denonce comme|a|au|aux spam|la|pourriel|police|crtc|autorites|indesirable",
    "retirez|effacez|enlevez|supprimez|otez|bloquez le|les $",
    "numero|telephone n|ne? est|appartient plus|pas a|le|celui|au",
    "n|ne? a|ai|utilise plus|pas ce|le|son numero",
    "appelle|appeler|appellerai|contacter|contacte|contacterai mon|la|a|un* avocat|police|avocate",
    "dernier|dernière|derniere avertissement|avis|chance",
    "retrait|suppression de|du|mon|ma|la|l|votre|notre* numero|nom|liste|coordonnees|donnees",
    "demande|demandons|demander|exige|veux|voudrais ..? retrait|desabonnement|desinscription|suppression",
    "etre|sois|soit|soient retire|retiree|enleve|enlevee|desabonne|desabonnee|desinscrit|desinscrite|supprime|supprimee|raye|rayee|efface $|de|d|du|svp",
    "^ allez|va au|chez diable|promener|bonhomme",
    "erreur sur la personne|numero",
    "<fr_texter>|<fr_textez> quelquun|autre d|autres|personne|ailleurs",
    "quelquun d autre a|pour <fr_texter>",
    "debarrassez|debarrasse vous|toi de mon|ce numero|contact",
    "plus|pas a|avec|sur ce|cet|mon numero",
    "numero appartient|est a|de|maintenant* quelquun|autre|une",
    "laissez|laisse mon|ma|ce|notre telephone|cell|numero|famille|cellulaire tranquille",
];

const EVERYDAY: &[&str] = &[
    "arretez|arreter|arrete|arret vous|toi|chez|a|devant|au|ici|en|prendre|par|demain|la|le|l|les|du|des",
    "vous|m|s|t|nous|se|me|te arreter|arrete|arretez|arretes|arretons",
    "il|elle|ca|pluie|qui|je|j|on|nous|a|est|fuite arrete|arretera|arreter",
    "annuler|annulez|annule mon|ma|mes|le|la|l|notre|votre|nos|un|une|ce <fr_rendez>|_",
    "veux|vais|dois|voudrais|pour|pouvoir|peux arreter de|d !<fr_texter>|<fr_textez>|<fr_textos>|<fr_det>|recevoir|me|m|nous|te|vous",
];

/// Requests that are tried only after the everyday phrases.
const LIKELY: &[&str] = &[
    "arretez|cessez|arrete|cesse|stoppez $",
    "plus|pas|aucun|aucune|jamais|pu|sans !recu|recois|recoit|vu|lu|compris|besoin|eu|pris|encore|trouve|ouvert|peux|sur _? _? <fr_textos>",
    "<arretez> .. .. <fr_textos>|<fr_texter>",
    "retirez|retirer|enlevez|enlever|supprimez|supprimer|effacez|effacer|otez|oter|rayez|sortez|sortir .. .. liste|listes|numero|coordonnees",
];

const UNSURE: &[&str] = &[
    "pas|plus|aucunement interesse|interessee|interesses|interet",
    "suis|est pas !<state>|pret|prete|sur|sure|certain|certaine|la|libre|disponible|chez|au|en|a|interesse|interessee|d|le|un|une|mal|tres|encore $",
    "pas|personne de|d|nomme|nommee|du nom de ici|a $",
    "pas|aucun|aucune|personne de|nomme|nommee _ ici",
    "^^ plus jamais $$",
    "^^ jamais plus $$",
];
