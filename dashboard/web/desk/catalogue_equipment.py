"""Words of equipment, and of what runs beside the desk: key -> (English, French)."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.web.desk.catalogue_now import Pair

EQUIPMENT: Mapping[str, Pair] = {
    "equipment.none": ("No node has been named or heard yet.", "Aucun nœud ne s’est encore manifesté."),
    "equipment.well.one": ("The node works as it should.", "Le nœud fonctionne normalement."),
    "equipment.well": ("All {n} nodes work as they should.", "Les {n} nœuds fonctionnent normalement."),
    "equipment.ill.one": (
        "{n} of {total} nodes needs a look.",
        "{n} nœud sur {total} demande votre attention.",
    ),
    "equipment.ill": (
        "{n} of {total} nodes need a look.",
        "{n} nœuds sur {total} demandent votre attention.",
    ),
    "beside.public_broker": ("Broker for the public", "Courtier public"),
    "beside.public_broker.hurts": (
        "Who reads waits there hears nothing new. Pages and feeds are not touched.",
        "Les abonnés ne reçoivent plus rien de nouveau. Les pages et les flux ne sont pas touchés.",
    ),
    "beside.public_broker.away": (
        "See that it runs, that this server can reach it, and that public_broker in port.yaml names it. "
        "Once it is back, all that still holds is sent by itself.",
        "Vérifiez qu’il fonctionne, que ce serveur peut le joindre et que public_broker, dans port.yaml, "
        "le nomme bien. À son retour, tout ce qui vaut encore est renvoyé automatiquement.",
    ),
    "beside.public_broker.refused": (
        "Check user, password and certificate under public_broker in port.yaml. "
        "Once it lets central in, all that still holds is sent by itself.",
        "Vérifiez l’utilisateur, le mot de passe et le certificat sous public_broker, dans port.yaml. "
        "Dès qu’il admet le serveur, tout ce qui vaut encore est renvoyé automatiquement.",
    ),
    "beside.webhook": ("Webhook {name}", "Webhook {name}"),
    "beside.webhook.hurts": (
        "This receiver is not told what happens. Pages, feeds and other receivers are not touched.",
        "Ce destinataire n’est pas averti de ce qui se passe. Les pages, les flux et les autres "
        "destinataires ne sont pas touchés.",
    ),
    "beside.webhook.away": (
        "See that it runs and that this server can reach it. What happened is sent again, less and less "
        "often, for an hour; after that the next news is the next try.",
        "Vérifiez qu’il fonctionne et que ce serveur peut le joindre. Ce qui s’est passé est renvoyé, de "
        "moins en moins souvent, pendant une heure~; ensuite, on réessaie à la prochaine nouvelle.",
    ),
    "beside.webhook.refused": (
        "What it refused is not sent again; the next news is the next try. Check url and secret of this "
        "webhook in port.yaml, then: lanewatch-port webhook test {name}",
        "Ce qu’il a refusé n’est pas renvoyé~; on réessaie à la prochaine nouvelle. Vérifiez url et secret "
        "de ce webhook, dans port.yaml, puis~: lanewatch-port webhook test {name}",
    ),
    "beside.official": ("Official feed {name}", "Flux officiel {name}"),
    "beside.official.hurts": (
        "The agency’s figures beside ours grow old. Our own are not touched.",
        "Les chiffres de l’organisme, à côté des nôtres, vieillissent. Les nôtres ne sont pas touchés.",
    ),
    "beside.official.away": (
        "It is fetched again by itself, under official_import in port.yaml.",
        "Il est redemandé automatiquement, selon official_import, dans port.yaml.",
    ),
    "beside.since": ("Since {moment}", "Depuis le {moment}"),
    "beside.next": ("Next try: {moment}", "Prochain essai~: le {moment}"),
    "node.online": ("connected", "connecté"),
    "node.offline": ("not connected", "non connecté"),
    "node.unheard": ("not heard of", "sans nouvelles"),
    "node.last": ("last report", "dernier rapport"),
    "node.told": ("It told this", "Renseignements reçus"),
    "node.well": ("Nothing is wrong.", "Rien à signaler."),
    "node.rows": ("Rows stored", "Lignes reçues"),
    "node.gaps": ("Rows missing", "Lignes manquantes"),
    "node.outbox": ("Rows waiting there", "Lignes en attente"),
    "node.disk": ("Disk free", "Disque libre"),
    "node.temperature": ("Temperature", "Température"),
    "node.clock": ("Clock", "Horloge"),
    "node.synced": ("synchronised", "synchronisée"),
    "node.unsynced": ("not synchronised", "non synchronisée"),
    "node.offset": ("Clock offset", "Écart d’horloge"),
    "node.plates": ("Plates read", "Plaques lues"),
    "node.plates_of": ("{read} of {asked}", "{read} sur {asked}"),
    "node.software": ("Software", "Logiciel"),
    "unit.GB": ("GB", "Go"),
    "cameras_of": ("Cameras of {node}", "Caméras de {node}"),
    "camera.title": ("Camera", "Caméra"),
    "camera.state": ("State", "État"),
    "camera.fps": ("Pictures/s", "Images/s"),
    "camera.dropped": ("Dropped", "Perdues"),
    "camera.inference": ("Inference, ms", "Inférence, ms"),
    "camera.ok": ("sees well", "voit bien"),
    "camera.stalled": ("gives no pictures", "ne donne pas d’images"),
    "camera.frozen": ("repeats one picture", "répète la même image"),
    "camera.dark": ("too dark to see", "trop sombre"),
    "camera.covered": ("covered", "obstruée"),
    "camera.moved": ("moved: its lines no longer fit", "déplacée~: ses lignes ne conviennent plus"),
    "fault.offline": ("The broker does not hold it connected.", "Le courtier de messages le dit déconnecté."),
    "fault.never": ("It never reported.", "Il n’a jamais rien rapporté."),
    "fault.silent": ("Its last report came {age}.", "Son dernier rapport est arrivé {age}."),
    "fault.no_health": ("It has told nothing of itself yet.", "Il n’a encore rien dit de son état."),
    "fault.health_old": ("It last told of itself {age}.", "Dernières nouvelles de son état~: {age}."),
    "fault.camera": ("Camera {camera}: {state}.", "Caméra {camera}~: {state}."),
    "fault.outbox": ("{n} rows wait to be sent.", "{n} lignes attendent d’être envoyées."),
    "fault.outbox_lost": (
        "Its outbox is not on disk: a power cut would lose rows.",
        "Sa file d’envoi n’est pas sur disque~: une panne de courant perdrait des lignes.",
    ),
    "fault.receipt": (
        "It last had a receipt from central {age}.",
        "Dernier accusé de réception du serveur~: {age}.",
    ),
    "fault.disk": ("Only {n}~MB of disk are free.", "Il ne reste que {n}~Mo de disque."),
    "fault.hot": ("It is {n}~°C hot.", "Sa température est de {n}~°C."),
    "fault.unsynced": (
        "Its clock is not synchronised; its times may be off.",
        "Son horloge n’est pas synchronisée~; ses heures peuvent être fausses.",
    ),
    "fault.offset": ("Its clock is {n}~s off.", "Son horloge est décalée de {n}~s."),
    "fault.plates": (
        "It read the plates of {read} of {asked} vehicles: look at focus, light and distance.",
        "Il a lu les plaques de {read} véhicules sur {asked}~: voyez la netteté, l’éclairage et la distance.",
    ),
    "fault.gaps.one": ("{n}~row never came.", "{n}~ligne n’est jamais arrivée."),
    "fault.gaps": ("{n}~rows never came.", "{n}~lignes ne sont jamais arrivées."),
    "fault.behind": ("measured late: the node does not keep up", "mesure en retard~: le nœud ne suit pas"),
    "fault.lost": ("the camera is not connected", "la caméra n’est pas connectée"),
    "fault.ended": ("the camera’s recording ended", "l’enregistrement de la caméra est terminé"),
    "fault.camera stalled": ("the camera gives no pictures", "la caméra ne donne pas d’images"),
    "fault.camera dark": ("too dark to see", "trop sombre pour voir"),
    "fault.camera moved": ("the camera moved", "la caméra a bougé"),
    "fault.camera covered": ("the camera is covered", "la caméra est obstruée"),
    "fault.camera frozen": ("the camera repeats one picture", "la caméra répète la même image"),
    "fault.stalled": ("the camera gives no pictures", "la caméra ne donne pas d’images"),
    "fault.dark": ("too dark to see", "trop sombre pour voir"),
    "fault.moved": ("the camera moved", "la caméra a bougé"),
    "fault.blind": (
        "the model does not find what drives here",
        "le modèle ne reconnaît pas ce qui passe ici",
    ),
    "fault.covered": ("the camera is covered", "la caméra est obstruée"),
    "fault.frozen": ("the camera repeats one picture", "la caméra répète la même image"),
    "aside.title": ("Messages set aside", "Messages mis de côté"),
    "aside.topic": ("Topic", "Sujet"),
    "aside.reason": ("Reason", "Raison"),
    "aside.times": ("Times", "Fois"),
    "aside.newest": ("Newest", "Le plus récent"),
    "aside.none": ("None.", "Aucun."),
}
