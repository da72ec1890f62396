## La page et le classeur. Ce qui est entre accolades est inséré par le programme ; ce que dit aussi le rapport pour le tribunal est dans court.ftl.

page-title-match = De qui ils sont les enfants
page-title-identify = Qui sont les morts
page-kind-match = recherche
page-kind-identify = identification
page-skip-children = Aller aux enfants
page-skip-bodies = Aller aux corps
page-mask = Masquer les identifiants
page-print = Imprimer
page-parts = Parties de cette page
page-overview = Vue d’ensemble
page-children = Enfants
page-bodies = Corps
page-families = Familles
page-answers = Réponses complètes
page-one-person = Échantillons d’une même personne
page-read = Données lues
page-settings = Réglages
page-lacks = Ce que cette page ne montre pas

lacks-genotypes = Les génotypes ne peuvent pas être présentés : { $reason }. Tout le reste est présenté.
lacks-tables = Cette analyse a été écrite sans { $absent } : ce qui en dépend reste vide.
lacks-table = le tableau { $table }
lacks-column = la colonne { $column } de { $table }
lacks-candidates = { $more } candidats de plus se trouvent dans { $file } et non sur cette page.
lacks-couples = { $more } couples de plus se trouvent dans { $file } et non sur cette page.
lacks-pairs = { $more } paires de plus se trouvent dans { $file } et non sur cette page.
lacks-subjects = Des { $all } enfants ou corps, les { $shown } premiers sont sur cette page ; les tableaux les contiennent tous.

question-parents = Parmi { $candidates }, qui sont les parents de { $children } ? Comparaison sur { $loci } au plus.
question-related = Entre { $candidates } et { $children }, qui sont l’un pour l’autre : { $relation } ? Comparaison sur { $loci } au plus.
question-bodies = Identité de { $bodies } parmi { $missing } de { $families } : quel corps est celui de qui ? Comparaison sur { $loci } au plus.
count-children = { $count ->
    [one] { $count } enfant
   *[other] { $count } enfants
}
count-candidates = { $count ->
    [one] { $count } candidat
   *[other] { $count } candidats
}
count-bodies = { $count ->
    [one] { $count } corps
   *[other] { $count } corps
}
count-missing = { $count ->
    [one] { $count } disparu
   *[other] { $count } disparus
}
count-families = { $count ->
    [one] { $count } famille
   *[other] { $count } familles
}
count-loci = { $count ->
    [one] { $count } locus
   *[other] { $count } locus
}
count-pairs = { $count ->
    [one] { $count } paire
   *[other] { $count } paires
}

card-children = { $count ->
    [one] enfant
   *[other] enfants
}
card-bodies = { $count ->
    [one] corps
   *[other] corps
}
card-of-children = { $count ->
    [one] sur { $count } enfant
   *[other] sur { $count } enfants
}
card-with-candidate = avec un candidat au-dessus du seuil
page-counted-once = Chaque enfant est compté une seule fois, selon celui de ses deux parents qui est le plus sûr.
page-by-place = Par place
page-status = Statut
place-father = Père
place-mother = Mère
place-identity = Identité
verdict-established = une personne à { $limit } ou plus
verdict-probable = une personne à { $limit } ou plus
verdict-disputed = quelqu’un à { $limit } ou plus, mais on ne sait pas qui
verdict-none = dans les listes, personne à { $limit } ou plus
verdict-undecidable = l’ADN disponible ne le dit pas
verdict-stated = nommé dans la ligne de l’enfant
verdict-not-asked = personne n’a été comparé

page-lrs = Rapports de vraisemblance de cette analyse
page-lrs-about = Histogramme du log10 des rapports de vraisemblance des paires de cette page
page-pairs = paires
chance-bars = Barres : les paires que retient cette analyse.
chance-line = Ligne : ce qui serait attendu si personne n’avait de lien de parenté avec personne.
chance-line-part = Ligne : ce qui serait attendu si personne n’avait de lien de parenté avec personne (calculé pour { $computed } des { $all } enfants).
chance-line-identify = Ligne : ce qui serait attendu si personne n’avait de lien de parenté avec personne, avec des profils complets.
chance-line-identify-part = Ligne : ce qui serait attendu si personne n’avait de lien de parenté avec personne, avec des profils complets (calculé pour { $computed } des { $all } disparus).
chance-from = À partir d’un log10 du RV de { $from }, le hasard seul donnerait { $expected } paires ; l’analyse en retient { $pairs }.
page-completeness = Complétude par échantillon ({ $samples } sur cette page)
page-completeness-about = Histogramme du nombre de locus avec un résultat, échantillon par échantillon
page-loci-with-result = locus avec un résultat
page-samples = échantillons
page-completeness-by-locus = Complétude par locus
page-typed = Typés
page-of-samples = sur { $samples } échantillons de cette page
page-heat-children = Enfants × candidats : plus la couleur est pleine, plus le log10 du RV est élevé
page-heat-bodies = Corps × disparus : plus la couleur est pleine, plus le log10 du RV est élevé
page-heat-about = Carte de chaleur ; le tableau ci-dessous contient les mêmes nombres

page-no-script = La liste a besoin du script de cette page. Les mêmes résultats sont dans les tableaux à côté d’elle.
page-search = Rechercher
page-any-id = un identifiant
page-answers-heading = Réponses complètes, de la plus probable à la moins probable
page-answers-explained = Chaque ligne dit de qui sont tous les corps à la fois. Les corps qu’elle ne nomme pas ne sont de personne des familles.

page-read-heading = Ce qui a été lu, et ce qui n’a pas été utilisé
page-masked = Les noms de fichiers, les remarques et les cellules refusées peuvent contenir des identifiants : ils ne sont pas montrés tant que les identifiants sont masqués.
page-files = Fichiers, tels qu’ils ont été lus
page-role = Contenu
page-bytes = Octets
page-notes = Remarques de l’analyse, dans ses propres termes (en anglais)
page-rejected = Refusé
page-rejected-none = Rien : tout ce qui a été lu a compté.
page-rejected-count = { $count ->
    [one] { $count } cellule ou ligne a été lue sans être utilisée.
   *[other] { $count } cellules ou lignes ont été lues sans être utilisées.
}
page-by-reason = Par motif, dans les termes de l’analyse (en anglais)
page-number = Nombre
page-one-by-one = Un par un ({ $shown } au plus)
page-where = Où
page-rejected-place = { $file }, ligne { $line }, { $column }
page-settings-all = Tous les réglages qui ont eu un effet
page-setting = Réglage
page-weigh = Un log10 du RV de 3 signifie que les profils sont 1000 fois plus probables si les deux personnes ont le lien de parenté demandé que si elles n’en ont aucun. Une probabilité a posteriori pèse tous les candidats les uns contre les autres, et contre le cas où ce n’est personne des listes. Aucune des deux ne dit ce que disent les papiers, les lieux et les gens : cela revient au lecteur. Les tableaux à côté de cette page contiennent tous les chiffres.

total-children = enfants
total-candidates = candidats
total-remains = restes humains
total-bodies = corps
total-families = familles
total-missing = disparus
total-samples = échantillons
total-loci = locus
total-rejected = refusés
total-contradictions = contradictions
total-direct-matches = échantillons d’une même personne (paires)
total-matches = candidats retenus
total-couples = couples
total-pairs = paires comparées

## Ce que dit le script de la page.

script-comma = ,
script-semicolon =  ;
script-best-candidate = Meilleur candidat
script-any = tous
script-no-candidate-listed = aucun candidat retenu
script-found-children = { $count ->
    [one] { $shown } enfant sur { $count }
   *[other] { $shown } enfants sur { $count }
}
script-found-bodies = { $count ->
    [one] { $shown } corps sur { $count }
   *[other] { $shown } corps sur { $count }
}
script-choose-child = Choisissez un enfant dans la liste.
script-choose-body = Choisissez un corps dans la liste.
script-not-known = inconnu(e)
script-dead = { $person } (décès)
script-missing = disparu(e)
script-as = comme { $missing }
script-drawing-best = Arbre généalogique de la meilleure explication. { $parents }
script-place = { $place } : { $person }
script-drawing-related = { $person } et { $child } : { $relation }
script-drawing-family = Arbre généalogique de la famille { $family }
script-drawing-family-as = Arbre généalogique de la famille { $family }, { $body } à la place de { $missing }
script-fits-better = { $relation } : explique mieux (log10 du RV : { $log })
script-another-relative = apparenté autrement : { $probability }
script-another-relative-as = apparenté autrement ({ $relation }) : { $probability }
script-ranked-candidates = Candidats, par rang
script-ranked-missing = Disparus, par rang
script-ranked-couples = Couples, par rang
script-posterior = A posteriori
script-loci = Locus
script-inconsistent = Incompatibles
script-father-and-mother = Père et mère
script-inconsistent-loci = Locus incompatibles
script-two = { $first } et { $second }
script-of = { $part } sur { $all }
script-more-couples = { $count ->
    [one] { $count } couple de plus se trouve dans { $file }.
   *[other] { $count } couples de plus se trouvent dans { $file }.
}
script-no-result = pas de résultat
script-no-genotypes = Pas de génotypes disponibles : voir l’avis en haut de la page.
script-locus-inconsistent = incompatible
script-locus-steps = { $count ->
    [one] incompatible, { $count } pas
   *[other] incompatible, { $count } pas
}
script-marked = Surlignés : les allèles que les deux présentent.
script-sum = Le log10 du RV de la paire est la somme sur les locus.
script-no-sum = Ce que l’ADN de la famille dit du corps n’est pas une somme sur les proches pris un à un.
script-typed-loci = { $count ->
    [one] { $count } locus avec un résultat
   *[other] { $count } locus avec un résultat
}
script-nobody = personne des listes : { $probability }
script-same-person = Échantillons de la même personne : { $samples }
script-no-missing = Il ne peut être celui d’aucun disparu.
script-no-candidate = Aucun candidat n’atteint le seuil.
script-locus-by-locus = Locus par locus
script-compare = Comparer avec
script-none-of-them = aucune
script-of-family = Probabilité d’en être
script-by-family = Par famille
script-heat-children = { $count ->
    [one] { $count } enfant de haut en bas, { $across } candidats de gauche à droite ; plus la couleur est pleine, plus le log10 du RV est élevé
   *[other] { $count } enfants de haut en bas, { $across } candidats de gauche à droite ; plus la couleur est pleine, plus le log10 du RV est élevé
}
script-heat-bodies = { $count ->
    [one] { $count } corps de haut en bas, { $across } disparus de gauche à droite ; plus la couleur est pleine, plus le log10 du RV est élevé
   *[other] { $count } corps de haut en bas, { $across } disparus de gauche à droite ; plus la couleur est pleine, plus le log10 du RV est élevé
}
script-heat-cell = { $subject } × { $person } : { $log }
script-samples = Échantillons
script-loci-that-differ = Locus différents
script-contradictory-loci = Locus contradictoires
script-records-differ = les données déclarées diffèrent : { $columns }
script-kept-apart = laissés séparés : { $reason }
script-no-samples-of-one = Aucune paire d’échantillons n’a été reconnue comme étant d’une même personne.
script-family = { $count ->
    [one] { $count } proche typé ; à retrouver : { $missing }
   *[other] { $count } proches typés ; à retrouver : { $missing }
}
script-family-power = un corps sans lien de parenté est exclu avec une probabilité de { $exclusion } ; log10 du RV attendu pour le bon corps : { $log }
script-family-mutation = Ses membres ne s’accordent que par une mutation.
script-family-contradiction = Ses membres se contredisent : filiation erronée ou échantillons échangés.
script-rank = Rang
script-who = Qui est qui
script-nobody-is-anyone = aucun corps n’est celui d’un disparu
apart-asked-for = sur demande
apart-twins = peut-être des jumeaux monozygotes : { $one } et { $other } de la famille { $family }
apart-relatives = peut-être de proches parents
mind-too-few-loci = moins de 12 locus comparés
mind-age-conflict = trop jeune à la naissance de l’enfant
mind-sex-conflict = le sexe déclaré contredit l’amélogénine
mind-sex-unknown = sexe inconnu
mind-better-rival = un autre lien de parenté explique mieux les profils
mind-close-rival = un autre lien de parenté explique presque aussi bien les profils
mind-close-candidate = une autre personne a un RV proche
mind-known-parent-unsupported = le parent déclaré n’est pas confirmé
mind-same-person = un autre échantillon de cette personne figure dans les listes
mind-locus-set-aside = un locus présentant trois allèles ou plus a été écarté

## Le classeur.

workbook-summary = Résumé
workbook-status = Statut
workbook-matches = Candidats
workbook-couples = Couples
workbook-one-person = Une même personne
workbook-posterior = A posteriori
workbook-families = Familles
workbook-assignments = Attributions
workbook-loci = Locus
workbook-rejected = Refusé
workbook-settings = Réglages
workbook-what = Quoi
workbook-command = commande
workbook-version = version de filia
workbook-children = enfants, selon le parent le plus sûr : { $status }
workbook-bodies = corps : { $status }
workbook-file = fichier lu : { $role }
workbook-file-is = { $path } (SHA-256 { $sha256 })
workbook-sheet = feuille { $sheet }
workbook-empty = vide : { $reason }
workbook-note = remarque (en anglais)
