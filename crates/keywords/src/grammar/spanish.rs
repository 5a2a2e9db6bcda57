//! Spanish as written to a business in the United States: formal, familiar and Spanglish.

use super::Language;

pub(super) const LANGUAGE: Language = Language {
    code: "es",
    classes: CLASSES,
    insistent: INSISTENT,
    denied: DENIED,
    partial: &[],
    requests: &[BARE, DEJE_DE, NO_ME, QUITEME],
    everyday: EVERYDAY,
    likely: LIKELY,
    unsure: UNSURE,
};

const CLASSES: &[(&str, &str)] = &[
    (
        "filler",
        "ya nunca siempre inmediatamente ahorita amablemente",
    ),
    (
        "edge",
        "hola buenas buenos dias tardes noches gracias senor senora senorita disculpe disculpen \
         perdon amigo amiga favor y pero o porque pues oiga oigan oye si muchas cabron cabrones \
         pendejo pendejos carajo por caray amable ey eh wey guey vato compa",
    ),
    ("review", "desuscribir desuscribirme"),
    (
        "deje",
        "deje dejen deja dejar dejad dejes pare paren para parar pares termine terminen basta \
         cesen cese cesar alto stop quit parele parenle parale dejele dejenle bajele bajenle \
         dejaran dejara pararan",
    ),
    (
        "es_textear",
        "mandar enviar escribir textear mensajear contactar llamar molestar acosar fastidiar \
         chingar joder mandarme enviarme escribirme textearme mensajearme contactarme llamarme \
         molestarme acosarme mandarnos enviarnos escribirnos molestarnos llamarnos spamear \
         mandando enviando escribiendo texteando llamando molestando recibir texting texteandome \
         molestandome mandandome enviandome escribiendome llamandome contactarnos insistir \
         hostigarme hostigar chingarme joderme fastidiarme mensajes contactando buscarme \
         chingando jodiendo fastidiando acosando demandando insistiendo contactandome insistiendo \
         preguntar preguntando preguntarme ofrecer ofreciendo insistirme",
    ),
    (
        "es_textee",
        "escriba escriban escribas mande manden mandes envie envien envies contacte contacten \
         contactes llame llamen llames moleste molesten molestes textee texteen textees texte \
         texten textes mensajee mensajeen mensajees busque busquen busques hable hablen hables \
         marque marquen marques escribir mandar enviar contactar llamar molestar textear texto \
         envian mandan fastidie fastidien fastidies chingue chinguen chingues joda jodan \
         mensajear vuelva vuelvan vuelvas sigan siga sigas esten este ande anden comunique \
         comuniquen insista insistan acose acosen incluyan incluya contaten contacto text",
    ),
    (
        "es_textos",
        "mensajes textos texto sms llamadas spam publicidad notificaciones correos promociones \
         anuncios ofertas alertas propaganda comunicaciones comunicacion \
         mensajitos mensajito",
    ),
    (
        "es_det",
        "mas sus estos esos ningun tus los las la el de tu su nada mis todos todas esta este a tipo \
         ninguna ningunos tantos otro un recibir mi me tanto estas tantas tanta basura con otros \
         suscripcion que",
    ),
    (
        "es_noche",
        "antes despues hasta manana hoy ahora noche noches hora horas tarde domingo domingos sabado \
         lunes trabajo cuando mientras si temprano",
    ),
    (
        "es_cita",
        "cita orden pedido visita reunion contrato reserva reservacion oferta servicio cotizacion \
                 turno poliza seguro luz agua gas internet cable",
    ),
];

const INSISTENT: &[&str] = &[
    "como|quiero|quisiera|deseo|necesito|puedo|favor|para hago|puedo|para|le|de|me|que|por* darme|darnos|desuscribirme|salirme|salir de",
    "quiero|quisiera|deseo|necesito|como|puedo|puede|pueden|podria|podrian ..? dejar|parar|cancelar|detener de? <es_det>* <es_textear>|<es_textos>|suscripcion",
    "quiero|quisiera|deseo|necesito que ..? dejen|deje|paren|pare|dejes $|de|ya|con|esto|eso|por",
    "quiero|quisiera|deseo|necesito que ..? dejen|deje|paren|pare|dejes los|sus|estos|esos|tus <es_textos>",
    "como|donde cancelo|cancelar|paro|quito|bloqueo|detengo|elimino|desactivo|salgo esto|estos|eso|de|los|las|sus|la|$",
];

const DENIED: &[&str] = &[
    "no|nunca me|nos|se|lo|la|los? pare|paren|pares|parar|para|deje|dejen|dejes|dejar|cancele|cancelen|canceles|cancelar|cancela|detenga|detengan|elimine|eliminen|borre|borren|quite|quiten|saque|saquen|termine",
    "no|nunca quiero|deseo|quisiera|queria|puedo|necesito|pedi|me que|me|quiero|deseo|se|lo|la|te|dar|de|dejar* cancelar|parar|darme|baja|dejen|deje|cancelen|salir|desuscribirme|dejar|pare|paren|eliminen|borren",
    "no me|nos|le? den|de|des|doy baja|de",
    "no me|nos llame|llamen|llames ,? mejor|solo|mandame|mandenme|escribeme|escribanme|texteame|texteenme|enviame|enviele|envieme|escriba|escriban|escribame|mande|mandeme|textee|texteeme|mensaje|texto|mensajes|por",
    "no me|nos <es_textee> mas|tan|a|en|de|por|el|la|los|esta|al|nada* <es_noche>",
    "no me|nos|estoy|estamos interesa|interesado|interesada por|en ahora|este|el|momento",
    "por|porque que? ..? no me|nos <es_textee>|llama|llamo|escribe|contesta",
    "no me|nos|he|ha|han|te|lo* llego|llegan|recibido|llegado|llamo|escribio|contesto|llega|recibi|recibo ..? <es_textos>",
    "si|cuando no me|nos? <es_textee>",
    "no|ya me|nos? interesa|interesan el|la|los|las|ese|esa|eso|esos _ _? ,? pero|el|la|si|otro",
    "no me|nos mande|manden|envie|envien|mandes|envies a|con|por otro|otra|un|una|el|la|otros",
    "no llamadas|llamada|llamen|llame|llames ,? por? favor? ,? solo|mejor|prefiero|pero|mensajes|textos|mande|escriba|mandeme|escribame",
    "<deje> .. llamadas|cobros|embargo|embargos|cobradores|acreedores|cobranza de? cobranza|cobradores|bancos|$",
    "no|ya me|nos? interesa|interesan el|la|los|las|ese|esa _ ,? mejor|que|pero|prefiero",
    "no quiero|queria|quisiera|intencion|quise molestar|molestarlo|molestarla|molestarlos|incomodar $",
    "quiteme|quitenme|quitame|borreme|borrenme|borrame|saqueme|saquenme|eliminenme|elimineme el|la|los|las|un|una|ese|esa !numero|nombre|contacto|telefono|celular|datos|spam|mensajes|numeros",
    "alto ,? bajo|o|mediano",
];

const BARE: &[&str] = &[
    "^ ya|no|si|please? alto|pare|paren|parar|para|basta|baja|detenga|detengan|detente|cancelar|cancele|cancelen|cancela|desuscribir|desuscribirme|detenganse|stop|eliminar|desinscribir|salir|dejen|deje|parenle|parele ya|eso|esto|todo|please* $",
    "^ nomas|mas mensajes|textos",
    "^ no mas $|mensajes|textos|sms|llamadas|spam",
    "^ no mas por $",
    "^ ya estuvo|fue suficiente|bueno|bastante",
    "^^ suficiente|terminar|fin|eliminar|borrar|anular $$",
    "dije|dicho|pedi|pedido|puse|escribi|mande ..? stop|alto|baja|paren|pare|dejen|deje|parar",
    "dar|darme|darse|deme|denme|dame|darnos|doy|den|dar|quiero|solicito|pido|dado de? baja $|de|mi|por|del|y|a|este|ya|inmediatamente",
    "darme|deme|denme|dame|darnos|denos de baja",
    "me doy|den|de|dan de baja",
    "^ detener|cancelar|parar|eliminar|borrar|quitar|basta|pare|paren|terminar todo|todos|eso|esto|ya $",
    "^ bajele|bajenle|bajale|parele|parenle|parale|dejenme|dejeme|dejame|dejenos ya? $",
    "^^ bloqueado|bloqueada|bloqueados|reportado|reportados $$",
    "solicito|quiero|pido|solicitar|tramitar|necesito|deseo|favor mi|la baja",
    "^^ bloquear|bloqueen|fuera $$",
    "que|cual parte de no|alto|stop|basta",
    "decir|decirle|decirles|dije|dicho|repetir que? alto|stop|basta|paren",
    "^ desactiven|desactive|desactiva|desactivar|apaguen|apague|apaga|apagar esto|eso|los|estos|sus|las* <es_textos>|$",
    "anula|anulen|anular|anule|cancela|desactiva|desactiven mi|la|esta|el suscripcion|subscripcion|registro|inscripcion",
    "^ sin mas? <es_textos> $",
    "^ <deje> o|sino|antes _",
    "^ <deje> de inmediato",
    "cancelar|cancelen|cancele|suspender el|este|mi servicio|programa|lista de <es_textos>",
    "^ corten|corte|corta|cortar|frenen|frene los|estos|sus|las|con|esos* <es_textos>",
    "vale|hora|mejor|tienen|tiene|tienes|deben|debe|deberian|deberia que|de|a|dejar|ya* paren|pare|dejen|deje|parar|dejar $|de|con",
];

const DEJE_DE: &[&str] = &[
    "<deje> de|d|con estar|me|nos|andar|seguir* <es_textear>|<es_textee>|chingar",
    "<deje> de|d|con <es_det>* <es_textos>",
    "pare|paren|parar|detener|detenga|detengan|alto|suspender|suspenda|suspendan|cancelar|cancele|cancelen|cancela|cancelo|terminen|eliminar|stop|quiten|quitar|anular|desactivar|para a|con|los* <es_det>* <es_textos>|suscripcion|subscripcion|suscripciones",
    "basta|ya|suficiente|harto|harta|cansado|cansada de <es_det>* <es_textos>|tantos|sus|que",
    "cancelar|cancele|cancelen|cancela|anular|anule la|mi|esta|este? suscripcion|subscripcion",
    "stop|quit|no de? <es_textear>",
    "<deje> ya? con|de los|sus|esos|tus|tantos* texts|messages",
    "terminar|termine|terminen|finalizar|finalice|finalicen|eliminar|detengan|bloquear|bloqueen con|los* <es_det>* <es_textos>",
    "cancelar|cancelen|cancele|parar|detener|terminar los|mis|estos|sus|tus* texts|messages|text",
    "<deje> el|con|tanto|los|este|ese spam|acoso|textos",
];

const NO_ME: &[&str] = &[
    "no|nunca|jamas|ni vuelvan|vuelva|vuelvas|sigan|siga|sigas|me|nos|a|quiero|que|deseo|esten|este|por|pueden|puede* <es_textee>|<es_textear> mas|$|nada|mensajes|textos|a|por|otra|nunca|de|este|al|,|ni|o|porfavor|please|sms|text|para|jamas|tantos|tanto|estos|esos|sus|aqui|llamadas|publicidad|spam|ofertas|promociones",
    "no|nunca|jamas mas? me|nos <es_textee>",
    "no me|nos gusta|gustan|interesa recibir",
    "no|ni|mas mas|un|ningun|quiero|otro|recibo <es_textos>",
    "no <es_textos> $|mas|por",
    "no|ni|nunca quiero|deseo|queremos|deseamos|necesito|quisiera|gustaria|interesa|autorizo|acepto|me|seguir|recibir|mas|estar|recibiendo|nos|interesan* <es_det>* <es_textos>",
    "no quiero|deseo|queremos|deseamos|me|interesa|ya|seguir* recibir|recibiendo|saber|oir|escuchar nada|mas|esto|esos|estos|de|sus|tus|$",
    "no quiero|deseo|queremos|autorizo|permito que|a|me|nos|vuelvan|vuelva|sigan|les* <es_textee>",
    "no|ya quiero|deseo mas $",
    "no quiero|deseo ser contactado|contactada|molestado|molestada",
    "no quiero|deseo|quisiera|mas estar|contacto|comunicacion|aparecer en|$|con|de|por",
    "no autorizo|autorice|consiento|di|doy|he|tienen|tiene|dado|mi|ningun* permiso|consentimiento|autorizacion|contacto|que|estos|mensajes",
    "revoco|retiro|revocar|retirar mi|el consentimiento|autorizacion|permiso",
    "no|nunca esten|este|estes|anden|ande|sigan|siga|sigas <es_textear> con|mas|a|por|tantos|$ <es_det>* <es_textos>|$",
    "nomore <es_det>* <es_textos>",
    "nada|ningun|ninguno|cero de <es_det>* <es_textos>",
    "me|nos? canse|cansaron|harte|hartaron|harto|cansa|cansan|molestan|molesta|fastidian de? <es_det>* <es_textos>",
    "no|ya quiero|deseo|queremos|me|interesa|necesito recibir|recibiendo|seguir* informacion|info|cosas|promociones|nada",
    "no me text|texts|message|messages mas|$|ya|por",
    "no tiene|tienen|usa|usan este|ese|esta|el mismo? numero|telefono|celular|linea",
    "me|nos? tienen|tiene|traen|trae harto|harta|hartos|cansado|cansada|hasta",
    "<es_textos> no son|es bienvenidos|bienvenido|deseados|solicitados|autorizados|necesarios",
    "no|nunca me? suscribi|registre|inscribi|pedi|solicite|autorice a|para|recibir|que* <es_det>* <es_textos>",
    "prohibo|prohibido|prohibimos|prohibida que|me|les|se|el|nos* <es_textee>|<es_textear>",
    "no quiero|deseo|necesito|mande|manden|mas mas|sus|de|tus|recibir|any* texts|text|messages|emails|calls",
    "no m <es_textee>",
    "alto|ya texting|texts|messages",
    "no|nunca|jamas quiero|deseo|queremos volver|vuelvo a? saber|oir|recibir|hablar",
];

const QUITEME: &[&str] = &[
    "quiteme|quitenme|quitame|quitenos|borreme|borrenme|borrame|elimineme|eliminenme|eliminame|saqueme|saquenme|sacame|saquenos|remuevame|remuevanme|retireme|retirenme|desuscribame|desuscribanme|desuscribeme|removerme|quitarme|eliminarme|borrarme|sacarme|remueveme|bajenme|bajeme",
    "quite|quiten|quita|borre|borren|borra|elimine|eliminen|elimina|saque|saquen|remueva|remuevan|retire|retiren|borrar|quitar|eliminar|pierda|pierdan|olvide|olviden|olvida|pierde|bloquee|bloqueen|remover|sacar|dar|den mi|este|mis|el|a|ese numero|nombre|contacto|datos|telefono|celular|num|informacion",
    "de su|sus|tu|la|esta|las|esa lista|listas|sistema|base",
    "dejeme|dejenme|dejame|dejanos|dejenos|dejennos|dejarme en|tranquilo|tranquila|tranquilos|solo|sola|paz",
    "me|nos deje|dejen|dejes|deja en|tranquilo|tranquila|solo|paz",
    "no molestar|molesten|moleste|molestes|chinguen|chingues|chingue|jodan|jodas|joda",
    "numero|persona|num|telefono equivocado|equivocada|incorrecto|incorrecta|erroneo|mal",
    "equivocado|equivocada|equivoco|equivocaste|equivocaron|equivoca|equivocados|confundido de|con numero|persona|telefono|num",
    "^ equivocado|equivocada $",
    "se|te|estan|esta|estas equivoco|equivocaron|equivocado|equivocados|equivocaste|equivocada $|de",
    "no|ya es|soy|era|pertenece mi|su|el|la|ese|esa|este|a|de? numero|persona|telefono",
    "no|ni conozco|se? a|quien|ningun|ninguna|esa|ese|es* persona|nombre",
    "no se quien es",
    "vete|vayase|vayanse|larguese|larguense|largate|larga $|de|a|al",
    "olvidese|olvidense|olvidate|olvidese|olvida de mi|este|mi* numero|telefono|celular|contacto|mi",
    "aqui|ahi no vive|hay|esta|existe|trabaja ningun|ninguna|nadie|el|la|ese|esa",
    "no vive|hay|existe|esta nadie|ningun|ninguna? .. aqui",
    "esto|es un? acoso|hostigamiento",
    "desuscribir|desuscribirme|desinscribir|desinscribirme|desapuntar|desapuntarme|desafiliar",
    "voy a denunciarlos|denunciar|reportarlos|reportar|bloquear|bloquearlos|reportarte|bloquearte",
    "voy a demandarlos|demandar|demandarte",
    "si me|nos siguen|sigue|sigues|vuelven|vuelves|vuelve a? <es_textear>",
    "metase|metanse|metete sus|tus|los|esos <es_textos>",
    "numero|contacto|datos ,? eliminenlo|eliminelo|eliminalo|borrenlo|borrelo|borralo|quitenlo|quitelo|quitalo|saquenlo",
    "numero|telefono|celular ya? no es|pertenece de|a|el",
    "llamar|llamo|llamare|hablar a? la|mi|un policia|abogado|abogada",
    "los|te|lo|les|ya reporte|bloquee|denuncie|reportare|bloqueare|denunciare",
    "reportado|reportada|reportados|marcado como|por spam|acoso",
    "deje|dejen|deja|dejes|dejar a? mi|mis|nuestra telefono|familia|esposa|esposo|numero|hijo|hija|mama|papa|casa|celular en|tranquila|tranquilo",
    "cancelen|cancele|cancela|cancelar mi|este numero|contacto",
    "^ me|nos borran|eliminan|sacan|quitan|borra|elimina|saca|quita $|de|por",
    "numero|contacto|datos|telefono es? privado|personal|mio|confidencial ,? eliminenlo|eliminelo|eliminalo|borrenlo|borrelo|borralo|quitenlo|quitelo|saquenlo",
    "molestar|molesten|moleste|molesta|molestes|fastidie a? otro|otra|otros|alguien",
    "no esta|vive|tiene en|con este|ese numero",
    "numero es|pertenece de|a otra|otro|alguien",
    "tengo|estan|estas|quedan|quedas bloqueados|bloqueado|bloqueada",
    "tire|tira|tiren|bote|boten|bota mi|este|el numero",
    "deshaganse|deshagase|deshazte de mi|este numero|contacto",
    "que me|nos quiten|quite|saquen|saque|borren|borre|eliminen|elimine $|de|por|ya",
    "mal|equivocado|incorrecto el|este|ese|su numero",
];

const EVERYDAY: &[&str] = &[
    "cancelar|cancele|cancelen|cancela mi|la|el|mis|nuestra|una|un|su|tu|los|las|de|lo",
    "baja el|la|de|los|un|en|presion|temporada",
    "dar|deme|darle de baja el|la|los|un|una <es_cita>|_",
];

/// Requests that are tried only after the everyday phrases.
const LIKELY: &[&str] = &[
    "no|nunca|jamas|sin me|nos* !me|nos|mando|mandaron|envio|enviaron|escribio|contesto|mande|envie|enviaste|mandaste|recibi|recibo|llego|llegan|tengo|veo|se|entiendo|entendi|vi|leo|lei|puedo|hay|pude _? _? <es_textos>",
    "<deje> de|con|ya|los|sus|tanto|tantos .. .. <es_textos>|<es_textear>",
    "quite|quiten|quita|quitar|borre|borren|borra|borrar|elimine|eliminen|elimina|eliminar|saque|saquen|sacar|remover|retirar|retire .. .. numero|lista|listas|datos",
    "basta|parenle|bajenle|dejenme $",
];

const UNSURE: &[&str] = &[
    "^ quiero|quisiera|deseo cancelar $",
    "no|nada|ya me|estoy|estamos|nos? interesa|interesado|interesada|interesados",
    "no|ya quiero nada",
    "^^ no me|nos escribe|escriben|manda|mandan|llama|llaman mas $$",
    "^^ ya no $$",
    "no soy !de|el|la|un|una|yo|muy|quien|tan|dueno|duena|propietario|residente|ciudadano|casado|casada|soltero|soltera|bueno|buena|millonario $",
    "ya dije|dijimos que no $",
    "no|nunca me? suscribi|registre|inscribi|pedi a|esto|eso|nada",
    "^^ chinga|chinguen|chingas|chingada tu|su madre $$",
    "^^ nunca mas|jamas $$",
];
