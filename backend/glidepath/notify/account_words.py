"""What mails about somebody's own account say: subject and sentence by cause and language."""

from typing import Final

WORDS: Final = {
    "invitation": {
        "en": (
            "Your account in Glidepath",
            (
                "You are invited to work with Glidepath. Choose a passphrase within a day. "
                "This link works once, and the newest one counts:"
            ),
        ),
        "es": (
            "Su cuenta en Glidepath",
            (
                "Le invitan a trabajar con Glidepath. Elija una contraseña en el plazo de un día. "
                "Este enlace sirve una vez y solo vale el más reciente:"
            ),
        ),
    },
    "reset": {
        "en": (
            "A new passphrase for Glidepath",
            (
                "Somebody asked for a new passphrase for your account. If that was not you, there is nothing to "
                "do. This link works once, for half an hour, and the newest one counts:"
            ),
        ),
        "es": (
            "Una contraseña nueva para Glidepath",
            (
                "Alguien pidió una contraseña nueva para su cuenta. Si no fue usted, no tiene que hacer nada. "
                "Este enlace sirve una vez, durante media hora, y solo vale el más reciente:"
            ),
        ),
    },
    "new_address": {
        "en": (
            "Confirm your address for Glidepath",
            (
                "This address was named for an account in Glidepath. If that was you, confirm it within an "
                "hour:"
            ),
        ),
        "es": (
            "Confirme su dirección en Glidepath",
            (
                "Se indicó esta dirección para una cuenta en Glidepath. Si fue usted, confírmela en el plazo de "
                "una hora:"
            ),
        ),
    },
    "address_changed": {
        "en": (
            "Your address in Glidepath was changed",
            (
                "Your account in Glidepath has another address now. If that was not you, tell your clinic's "
                "admin at once. Sign in:"
            ),
        ),
        "es": (
            "Su dirección en Glidepath ha cambiado",
            (
                "Su cuenta en Glidepath tiene ahora otra dirección. Si no fue usted, avise enseguida a quien "
                "administra su clínica. Entre:"
            ),
        ),
    },
    "passphrase_changed": {
        "en": (
            "Your passphrase in Glidepath was changed",
            (
                "Your account in Glidepath has a new passphrase, and other devices were signed out. If that was "
                "not you, tell your clinic's admin at once. Sign in:"
            ),
        ),
        "es": (
            "Su contraseña de Glidepath ha cambiado",
            (
                "Su cuenta en Glidepath tiene una contraseña nueva y se cerró la sesión en los demás "
                "dispositivos. Si no fue usted, avise enseguida a quien administra su clínica. Entre:"
            ),
        ),
    },
    "second_factor_reset": {
        "en": (
            "Your second step in Glidepath was removed",
            (
                "An admin of your clinic removed the second step of your sign-in. Set up a new one when you "
                "sign in next. If you did not ask for it, tell your clinic's admin at once. Sign in:"
            ),
        ),
        "es": (
            "Se quitó su segundo paso en Glidepath",
            (
                "Quien administra su clínica quitó el segundo paso de su entrada. Configure otro cuando vuelva "
                "a entrar. Si no lo pidió, avise enseguida a quien administra su clínica. Entre:"
            ),
        ),
    },
    "emergency_opened": {
        "en": (
            "A record was opened in an emergency",
            (
                "Somebody of your clinic opened the record of a colleague's patient in an emergency. Who, whose "
                "and why stands on the page of emergencies. Sign in:"
            ),
        ),
        "es": (
            "Se abrió un expediente en una emergencia",
            (
                "Alguien de su clínica abrió en una emergencia el expediente de un paciente de otra persona. Quién, "
                "de quién y por qué consta en la página de emergencias. Entre:"
            ),
        ),
    },
    "many_records": {
        "en": (
            "An account of your clinic opened very many records",
            (
                "Within an hour more records were opened with one account of your clinic than anybody reads. "
                "Whose stands under 'who looked' of the patients. If it was not meant so, close that account. "
                "Sign in:"
            ),
        ),
        "es": (
            "Una cuenta de su clínica abrió muchísimos expedientes",
            (
                "En una hora se abrieron con una cuenta de su clínica más expedientes de los que nadie lee. De "
                "quién es consta en «quién lo abrió» de los pacientes. Si no fue a propósito, cierre esa cuenta. "
                "Entre:"
            ),
        ),
    },
    "second_factor_changed": {
        "en": (
            "Your second step in Glidepath was changed",
            (
                "The second step of your sign-in was set up, replaced or removed. If that was not you, tell "
                "your clinic's admin at once. Sign in:"
            ),
        ),
        "es": (
            "Su segundo paso en Glidepath ha cambiado",
            (
                "Se configuró, se sustituyó o se quitó el segundo paso de su entrada. Si no fue usted, avise "
                "enseguida a quien administra su clínica. Entre:"
            ),
        ),
    },
    "recovery_code_used": {
        "en": (
            "A recovery code was used in Glidepath",
            (
                "Somebody signed in to your account with one of your recovery codes. If that was not you, tell "
                "your clinic's admin at once. If it was, set up a new second step. Sign in:"
            ),
        ),
        "es": (
            "Se usó un código de recuperación en Glidepath",
            (
                "Alguien entró en su cuenta con uno de sus códigos de recuperación. Si no fue usted, avise "
                "enseguida a quien administra su clínica. Si fue usted, configure un segundo paso nuevo. Entre:"
            ),
        ),
    },
}
