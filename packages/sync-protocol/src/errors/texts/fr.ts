import type { ErrorTexts } from "./error-text.ts";

/** The catalogue in French: what it means, and what to do next. Commands stay as they are typed. */
export const fr: ErrorTexts = {
  "usage.invalid": ["La saisie est incorrecte.", "Vérifiez la saisie ; en ligne de commande, --help vous aide."],
  "runtime.node-too-old": [
    "Ce programme demande une version plus récente de Node.js.",
    "Utilisez le Node.js fourni avec le paquet, ou installez la version indiquée.",
  ],
  "config.invalid": [
    "Un fichier de configuration n'a pas la bonne forme.",
    "Corrigez le champ indiqué ; la dernière bonne configuration reste en vigueur.",
  ],
  "config.unreadable": [
    "Un fichier de configuration ne peut pas être lu.",
    "Vérifiez que le fichier existe, qu'il contient du JSON et qu'il peut être lu.",
  ],
  "data.locked": [
    "Un autre programme utilise déjà ce dossier de données.",
    "Arrêtez l'autre programme, ou indiquez un autre dossier avec --data.",
  ],
  "data.future": [
    "Le dossier de données a été écrit par une version plus récente.",
    "Installez cette version ou une version ultérieure ; rien n'a été modifié.",
  ],
  "data.not-found": ["Le dossier indiqué ne contient pas de données.", "Vérifiez --data ; l'inscription ou la saisie crée le dossier."],
  "agent.stopping": ["Le service est en cours d'arrêt.", "Réessayez dans un instant ; ce qui a été saisi est conservé."],
  "internal.unexpected": [
    "Il s'est passé quelque chose qui ne devrait pas être possible.",
    "Signalez-le avec le journal technique ; rien de ce qui a été confirmé n'est perdu.",
  ],
  "enrol.code-invalid": ["Le code d'inscription est faux ou périmé.", "Demandez un nouveau code au siège."],
  "enrol.code-used": ["Le code d'inscription a déjà servi.", "Demandez un nouveau code au siège ; chaque code ne sert qu'une fois."],
  "enrol.too-many": [
    "Trop de codes d'inscription faux sont venus de cette adresse.",
    "Attendez une minute, puis saisissez de nouveau le code.",
  ],
  "enrol.store-mismatch": [
    "Le terminal appartient à un autre magasin.",
    "Choisissez un autre nom de terminal, ou le magasin auquel il appartient.",
  ],
  "enrol.already": [
    "Ce dossier de données est déjà inscrit.",
    "Prenez un autre dossier, ou retirez celui-ci quand le diagnostic dit que tout est confirmé.",
  ],
  "enrol.required": [
    "Ce terminal n'est pas inscrit.",
    "Inscrivez-le avec `edge-agent enrol` et un code du siège. D'ici là, les ventes sont conservées ici.",
  ],
  "enrol.insecure-url": ["Les connexions non protégées (http) ne sont permises que vers cette machine.", "Utilisez une adresse https."],
  "keys.permissions": [
    "D'autres que son propriétaire peuvent lire ou modifier un fichier secret.",
    "Retirez ces droits. Si d'autres y ont eu accès, inscrivez de nouveau le terminal.",
  ],
  "keys.unreadable": ["Un fichier secret ne peut pas être lu.", "Donnez à l'utilisateur du service le droit de le lire."],
  "keys.damaged": ["Un fichier de clé est endommagé.", "Restaurez-le depuis une sauvegarde ; ne le supprimez pas."],
  "keys.missing": [
    "La clé qui a signé ce journal a disparu.",
    "Restaurez le dossier des clés depuis une sauvegarde, ou gardez le dossier comme preuve et commencez avec un dossier vide.",
  ],
  "auth.missing": ["La demande ne nomme aucun appareil.", "Inscrivez le terminal."],
  "auth.invalid": ["La preuve d'identité de l'appareil est fausse.", "Si cela dure, inscrivez de nouveau le terminal."],
  "auth.clock": [
    "L'horloge de l'appareil est décalée ; sa preuve n'est pas valable à l'heure du siège.",
    "Rien : le service signe de nouveau avec l'heure du siège. Réglez l'horloge du terminal.",
  ],
  "auth.revoked": ["Le siège a bloqué ce terminal.", "Appelez le siège. Les ventes restent en sécurité sur le terminal."],
  "auth.forbidden": ["Cela n'est pas permis ici.", "Vérifiez que le terminal est inscrit pour le bon magasin."],
  "adapter.unknown": ["Aucun adaptateur ne porte ce nom.", "Utilisez l'un des noms indiqués."],
  "adapter.config-invalid": ["Les réglages de l'adaptateur n'ont pas la bonne forme.", "Corrigez le champ indiqué."],
  "adapter.failed": [
    "L'adaptateur s'est arrêté sur une erreur de son fait.",
    "Les données sont mises de côté. Signalez l'erreur avec l'élément ; réessayez après une mise à jour.",
  ],
  "source.not-found": ["Le fichier ou le dossier n'existe pas.", "Vérifiez le chemin."],
  "source.not-file": ["Le chemin ne mène pas à un fichier ordinaire.", "Indiquez un fichier, ou configurez un dossier comme source."],
  "source.no-permission": ["Le fichier ne peut pas être lu.", "Donnez à l'utilisateur du service le droit de le lire."],
  "source.empty": ["Le fichier est vide.", "Vérifiez l'export de la caisse ; le nom et l'heure sont mis de côté."],
  "source.too-large": ["Le fichier est plus grand que ce que le service accepte.", "Divisez l'export, ou relevez la limite de la source."],
  "source.changed": ["Le fichier a changé pendant la lecture.", "Rien : il est relu dès qu'il ne bouge plus."],
  "capture.truncated": [
    "Le fichier se termine au milieu d'un ticket.",
    "Les tickets complets sont repris. Le reste suit quand le fichier grandit ; sinon, vérifiez l'export.",
  ],
  "capture.malformed": ["Un enregistrement est mal formé.", "Regardez l'élément ; corrigez l'export, puis réessayez."],
  "capture.dtd-refused": [
    "Le XML contient un type de document ou des entités dont aucune caisse n'a besoin.",
    "Traitez le fichier comme hostile tant que son origine est inconnue.",
  ],
  "capture.encoding": ["Les caractères ne correspondent pas au codage indiqué.", "Réglez le bon codage pour la source, puis réessayez."],
  "capture.currency-unknown": ["La monnaie manque ou est inconnue.", "Réglez la monnaie du magasin, puis réessayez."],
  "capture.amount-invalid": [
    "Un montant n'est pas un nombre exact dans sa monnaie.",
    "Regardez le ticket ; corrigez l'export ou la correspondance, puis réessayez.",
  ],
  "capture.field-missing": [
    "Il manque un champ dont un ticket a besoin.",
    "Regardez le ticket ; corrigez l'export ou la correspondance, puis réessayez.",
  ],
  "capture.field-invalid": [
    "Un champ du ticket est incompréhensible.",
    "Regardez le ticket ; corrigez l'export ou la correspondance, puis réessayez.",
  ],
  "capture.too-complex": [
    "L'enregistrement est imbriqué trop profondément ou a trop de parties.",
    "Regardez-le ; un ticket n'est jamais ainsi.",
  ],
  "capture.limit": ["L'enregistrement est plus grand que ce qu'une entrée peut être.", "Regardez-le ; divisez l'export."],
  "capture.not-a-sale": ["La ligne n'est pas une vente : correction de stock ou ligne comptable.", "Rien. Elle est gardée comme trace."],
  "capture.key-conflict": [
    "Deux tickets différents d'un fichier portent le même numéro.",
    "Les deux sont conservés. Ajoutez l'heure de début à la clé dans les réglages de la source, puis réessayez.",
  ],
  "reference.not-loaded": ["Ce terminal n'a pas encore chargé ce qui est demandé.", "Réessayez dans un instant."],
  "reference.not-here": [
    "Ce terminal ne connaît rien sous ce nom ou ce numéro.",
    "Vérifiez la saisie ; si cela vient d'être créé, réessayez dans un instant.",
  ],
  "reference.no-price": [
    "Aucun prix de cet article n'est en vigueur.",
    "Faites fixer le prix par une personne, ou demandez pour un autre moment.",
  ],
  "reference.schema-unknown": [
    "Un document a une forme que cette version ne connaît pas.",
    "Mettez ce programme à jour ; le document est conservé et sera lu alors.",
  ],
  "reference.invalid": [
    "Un document n'est pas comme il doit être ici.",
    "Corrigez le champ indiqué et renvoyez-le ; le dernier bon état reste en vigueur.",
  ],
  "reference.scope-forbidden": ["Ces données ne sont pas pour ce terminal.", "Vérifiez à quel magasin le terminal appartient."],
  "reference.not-writable": ["Les magasins ne modifient pas ces données.", "Faites-les modifier au siège."],
  "reference.chunk-gone": [
    "Cette partie du premier chargement n'est plus conservée.",
    "Rien : la demande est refaite et continue avec l'état plus récent.",
  ],
  "reference.chunk-damaged": [
    "Une partie du premier chargement n'est pas arrivée telle qu'elle a été envoyée.",
    "Rien : elle est demandée de nouveau. Si cela dure, le service informatique cherche un appareil du réseau qui modifie les données.",
  ],
  "reference.checkpoint-unknown": [
    "L'état de lecture n'est pas celui des données de ce terminal.",
    "Rien : les données sont rechargées depuis le début.",
  ],
  "reference.collection-unknown": ["Cette collection de données n'existe pas.", "Consultez la liste des collections."],
  "door.forbidden": [
    "Cela ne peut pas être demandé à l'accès du personnel.",
    "Lancez la commande sous l'utilisateur du service, avec le dossier de données lui-même après --data.",
  ],
  "door.busy": ["Trop de programmes interrogent le service en même temps.", "Attendez un instant ; la fenêtre redemande d'elle-même."],
  "door.taken": [
    "Autre chose se trouve à l'endroit où le service doit être joint.",
    "Retirez ce qui est indiqué et cherchez qui l'y a mis. Les ventes restent en sécurité.",
  ],
  "door.folder-unsafe": [
    "Le dossier de l'accès du personnel manque, ou d'autres que le service peuvent le modifier.",
    "Il doit appartenir à l'utilisateur du service, et personne d'autre ne doit y écrire. Les ventes sont enregistrées entre-temps.",
  ],
  "window.not-built": [
    "Les fichiers de la fenêtre manquent.",
    "Réinstallez le paquet ; depuis les sources, construisez d'abord la fenêtre.",
  ],
  "window.link-spent": ["Le lien a déjà servi ou il est périmé.", "Lancez de nouveau `edge-agent open`."],
  "window.session-ended": ["Cette page ne peut plus rien demander.", "Lancez de nouveau `edge-agent open` et prenez le nouveau lien."],
  "window.origin-refused": ["La demande ne vient pas de la page de la fenêtre.", "Ouvrez la fenêtre avec `edge-agent open`."],
  "window.no-browser": ["Aucun navigateur n'a pu être lancé.", "Lancez `edge-agent open --print` et ouvrez le lien affiché."],
  "order.step-refused": [
    "Cette étape de la commande n'est pas permise ; rien n'a été écrit.",
    "Lisez la raison indiquée et regardez où en est la commande.",
  ],
  "order.changed": [
    "La commande n'est plus telle que vous l'aviez sous les yeux ; rien n'a été écrit.",
    "Regardez de nouveau la commande, puis refaites l'étape.",
  ],
  "order.step-differs": ["L'identifiant de cette étape en désigne déjà une autre.", "Chaque étape demande son propre identifiant."],
  "order.not-here": ["Ce terminal ne connaît aucune commande de ce numéro.", "Vérifiez le numéro ; elle est peut-être d'un autre magasin."],
  "order.transition-forbidden": [
    "Une étape d'une commande n'a pas pu se passer ainsi.",
    "Regardez la commande. Si ce qui manquait est arrivé depuis, réessayez ; sinon corrigez-la là où elle est tenue.",
  ],
  "order.unknown": ["On ne sait rien d'une commande de ce numéro.", "Consultez la liste des commandes."],
  "order.no-conflict": ["Il n'y a rien à régler pour cette commande.", "Consultez la liste des cas ouverts."],
  "quota.redemption-differs": [
    "Cette utilisation est connue avec un autre compte, montant ou une autre unité.",
    "Chaque utilisation, remboursement et recharge demande son propre identifiant.",
  ],
  "quota.redemption-unknown": ["Cette réservation n'existe pas.", "Réservez d'abord."],
  "quota.refund-too-large": ["On veut rendre plus que ce qui a été utilisé.", "Rendez ce qui reste de l'utilisation."],
  "quota.unit-wrong": ["Le compte est tenu dans une autre unité.", "Indiquez l'unité du compte."],
  "quota.not-enrolled": ["Le terminal n'est pas inscrit ; rien ne peut lui être attribué.", "Inscrivez le terminal."],
  "quota.epoch-ended": [
    "Cette période du journal est terminée ; il continue dans une nouvelle, avec ses propres droits.",
    "Réservez de nouveau.",
  ],
  "quota.epoch-unknown": ["Rien de cette période du journal n'est encore arrivé au siège.", "Rien : demandez de nouveau après l'envoi."],
  "quota.declined": ["Le montant n'est pas couvert ; rien n'a été réservé.", "Prenez un autre moyen de paiement."],
  "quota.cancelled": ["Cette utilisation a été annulée.", "Réservez avec un nouvel identifiant."],
  "quota.committed": ["Cette utilisation est déjà consommée.", "Remboursez-la si le client récupère la valeur."],
  "intake.address": [
    "L'interface HTTP de ce terminal ne peut pas écouter sur son port.",
    "Arrêtez le programme qui utilise le port, ou réglez-en un autre ; un nouvel essai suit.",
  ],
  "intake.host-refused": ["La demande nomme une autre machine que celle-ci.", "Demandez par 127.0.0.1 ou localhost et le port réglé."],
  "intake.browser-refused": [
    "La demande vient d'une page web, et les pages web ne peuvent pas utiliser l'interface.",
    "Demandez depuis le programme de caisse lui-même, pas depuis une page.",
  ],
  "intake.token-missing": ["La demande ne porte pas de jeton.", "Envoyez le jeton que `intake token add` a montré."],
  "intake.token-invalid": ["Le jeton est faux ou a été retiré.", "Faites-en un nouveau avec `intake token add`."],
  "intake.read-only": ["Ce jeton permet seulement de lire.", "Utilisez un jeton fait sans --read-only."],
  "intake.client-exists": ["Un programme porte déjà ce nom.", "Choisissez un autre nom, ou retirez d'abord l'ancien jeton."],
  "intake.client-unknown": ["Aucun programme ne porte ce nom.", "Consultez `intake token list`."],
  "intake.busy": ["Trop de demandes sont en cours sur ce terminal.", "Attendez les réponses ; la même demande peut être renvoyée."],
  "intake.too-large": ["La demande est plus grande que permis.", "Envoyez moins de lignes à la fois."],
  "intake.too-slow": ["La demande n'est pas arrivée entière à temps.", "Renvoyez-la tout de suite ; rien n'en a été gardé."],
  "intake.invalid": ["La demande n'a pas la bonne forme.", "Corrigez le champ indiqué ; rien n'a été gardé."],
  "store.disk-full": [
    "Le disque est plein.",
    "Libérez de la place. La caisse ne reçoit plus de confirmation tant qu'une vente ne peut pas être gardée sûrement.",
  ],
  "store.disk-error": ["Le disque signale une erreur.", "Remplacez le disque ou le terminal ; exportez d'abord le journal."],
  "store.corrupt": [
    "La base de données de ce terminal est endommagée.",
    "Ne supprimez rien. Lancez `edge-agent export`, puis appelez l'assistance.",
  ],
  "journal.chain-broken": [
    "Une entrée du journal a été modifiée, retirée ou déplacée après coup.",
    "Gardez le dossier de données comme preuve ; la vérification nomme l'entrée.",
  ],
  "journal.copied": [
    "Le dossier de données a été copié ou restauré ; le journal continue dans une nouvelle période.",
    "Rien, si vous l'avez restauré. Sinon, cherchez le second appareil.",
  ],
  "clock.wrong": ["L'horloge de cette machine diffère de celle du siège.", "Réglez l'horloge. Les ventes et l'envoi continuent."],
  "terminal.unknown": ["Aucun terminal ne porte ce nom.", "Consultez la liste des terminaux."],
  "store.unknown": ["Aucun magasin ne porte ce nom.", "Consultez la liste des magasins."],
  "wire.malformed": ["Le message n'est pas valable.", "Mettez l'expéditeur à jour ; rien n'a été enregistré."],
  "wire.too-large": ["Le message est plus grand que permis.", "Rien : l'envoi se fait en parties plus petites."],
  "wire.version": ["Les deux côtés n'ont pas de version commune.", "Mettez à jour le service ou le siège."],
  "wire.media-type": ["Le type ou le codage du message n'est pas compris.", "Mettez l'expéditeur à jour."],
  "wire.not-cloud": [
    "Quelque chose a répondu qui n'est pas le siège Tillsync.",
    "Vérifiez l'adresse, et si le réseau montre une page de connexion. Les ventes sont conservées ici.",
  ],
  "wire.unreachable": ["Le siège est injoignable.", "Vérifiez la ligne. Les ventes sont conservées et envoyées plus tard."],
  "wire.deadline": ["Le siège n'a pas répondu à temps.", "Rien : un nouvel essai suit."],
  "wire.busy": ["Le siège est occupé.", "Rien : le service attend aussi longtemps qu'il le demande."],
  "wire.not-found": ["Il n'y a rien à cette adresse.", "Vérifiez l'adresse."],
  "ingest.chain-broken": ["Les entrées ne mènent pas à l'état signé.", "Lancez `edge-agent verify` sur le terminal."],
  "ingest.signature": [
    "La signature du journal n'est pas celle de ce terminal.",
    "Lancez le diagnostic ; si la clé est perdue, inscrivez de nouveau le terminal.",
  ],
  "ingest.gap": ["Il manque des entrées avant cet envoi.", "Rien : le terminal les envoie de nouveau."],
  "ingest.gap-unfillable": [
    "Le siège demande des entrées que le terminal ne garde plus.",
    "Le siège doit être restauré depuis une sauvegarde plus récente, ou rempli avec l'export du terminal.",
  ],
  "ingest.fork": [
    "Le journal s'est divisé : un disque a été restauré ou copié.",
    "Rien n'est perdu. Cherchez si un second appareil tourne avec ces données.",
  ],
  "ingest.entry-limit": ["Une entrée est plus grande que permis.", "Mettez le service à jour."],
  "entry.type-unknown": [
    "Cette version ne connaît pas ce type d'entrée.",
    "Mettez le siège à jour ; l'entrée est alors reprise dans l'ordre.",
  ],
  "entry.schema-unknown": [
    "Le siège ne connaît pas la forme du ticket.",
    "Mettez le siège à jour ; l'entrée est alors reprise dans l'ordre.",
  ],
  "entry.invalid": ["Le ticket n'a pas la bonne forme.", "Regardez le champ indiqué ; il est repris dès qu'une règle le couvre."],
  "entry.not-allowed": ["Le terminal n'a pas le droit d'écrire cette entrée.", "Vérifiez à quel magasin le terminal appartient."],
  "entry.key-conflict": [
    "Deux terminaux ont écrit des tickets différents sous un même numéro.",
    "Comparez les deux ; ils sont conservés. Corrigez le numéro de poste dans la caisse.",
  ],
  "agent.not-answering": [
    "L'agent de cette machine ne répond pas.",
    "Redémarrez le service ou la machine. Ce que la caisse écrit sera lu dès qu'il tourne.",
  ],
  "source.none": [
    "Aucune source de ventes n'est configurée sur ce terminal.",
    "Indiquez dans la configuration le dossier de la caisse ou l'interface HTTP ; rien n'est saisi d'ici là.",
  ],
  "source.stale": [
    "Une source de ventes n'a pas été consultée depuis trop longtemps.",
    "Vérifiez que son dossier ou son partage réseau répond, puis redémarrez le service.",
  ],
  "source.paused": [
    "La lecture des ventes est suspendue pour maintenance.",
    "Rien : elle reprend d'elle-même à l'heure indiquée. Qui a fini plus tôt la reprend.",
  ],
  "capture.set-aside": [
    "Quelque chose venu de la caisse n'a pas pu être lu comme une vente ; c'est conservé et mis de côté.",
    "Regardez parmi les éléments mis de côté : réessayez, ou transmettez à l'informatique.",
  ],
  "wire.sign-in": [
    "Le réseau répond par sa propre page au lieu du siège : il demande peut-être une connexion.",
    "Connectez-vous au réseau, ou demandez à l'informatique de laisser passer l'adresse du siège. Les ventes sont conservées.",
  ],
  "wire.proxy-refused": [
    "Le proxy du réseau ne laisse pas passer ce terminal.",
    "Indiquez le nom et le mot de passe du proxy dans les réglages de l'agent, ou demandez le passage à l'informatique. Les ventes sont conservées.",
  ],
  "order.conflict": [
    "L'historique d'une commande se contredit.",
    "Ouvrez les commandes et demandez au siège ce qui vaut ; les deux faits sont conservés.",
  ],
  "update.none-configured": [
    "Ce service ne cherche pas de nouvelles versions.",
    "Indiquez dans `config.json`, sous `updates`, où elles se trouvent, et utilisez un paquet qui apporte les clés.",
  ],
  "update.unreachable": [
    "L'endroit où sont cherchées les nouvelles versions ne répond pas comme il devrait.",
    "Rien : un nouvel essai suivra. Si cela dure, vérifiez l'adresse ou le dossier dans la configuration.",
  ],
  "update.malformed": ["La description d'une nouvelle version n'a pas la bonne forme.", "Signalez-le à qui la publie."],
  "update.signature": [
    "Une nouvelle version n'est pas signée par assez des clés qui en ont le droit.",
    "Ne l'installez pas à la main. Signalez-le à qui la publie.",
  ],
  "update.expired": [
    "La description de la nouvelle version est périmée, ou l'horloge de cet appareil est fausse.",
    "Vérifiez l'horloge ; sinon demandez une version plus récente.",
  ],
  "update.rollback": [
    "Ce qui est proposé est plus ancien que ce qui était déjà ici.",
    "Rien. Si une version plus ancienne est voulue, elle est publiée de nouveau sous un numéro plus élevé.",
  ],
  "update.wrong-place": [
    "La nouvelle version est faite pour un autre genre d'appareil ou d'installation.",
    "Publiez à côté celle de cet appareil.",
  ],
  "update.wrong-file": [
    "Le fichier de la nouvelle version n'est pas celui qui a été signé.",
    "Rien : il est repris. Si cela dure, signalez-le à qui la publie.",
  ],
  "update.refused": ["Cette version a déjà échoué ici, ou quelqu'un l'a refusée.", "Rien : la version suivante sera prise."],
  "update.tampered": [
    "Le dossier de la version préparée n'est pas tel que le service l'a laissé.",
    "Cherchez qui d'autre écrit dans le dossier de données. Rien n'a été installé.",
  ],
  "update.rights": [
    "Seul l'administrateur de l'appareil peut mettre en place une nouvelle version.",
    "Exécutez la commande en tant que root.",
  ],
  "update.install-failed": [
    "La nouvelle version n'a pas pu être installée ; la précédente est en place.",
    "Le journal de la mise à jour contient les mots de l'installateur.",
  ],
  "update.reverted": [
    "Une nouvelle version n'a pas montré qu'elle va bien et a été retirée. La précédente tourne.",
    "Rien à la caisse. Dites-le à qui la publie ; elle n'est plus essayée ici.",
  ],
  "update.revert-failed": [
    "Une nouvelle version a échoué, et la précédente n'a pas pu être remise.",
    "Appelez le support : une version qui marche doit être installée à la main. Ce qui a été saisi est conservé.",
  ],
  "update.overdue": [
    "Une nouvelle version attend depuis trop longtemps une heure calme.",
    "Choisissez un moment sans clients et exécutez `edge-agent updates apply --now` en tant que root, ou indiquez les heures d'ouverture.",
  ],
};
