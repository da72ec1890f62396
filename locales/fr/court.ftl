## Le rapport pour le tribunal. Ce qui est entre accolades est inséré par le programme.

title = Rapport d’expertise : lien de parenté par l’ADN
subtitle-child = Enfant { $id }
subtitle-body = Corps { $id }
subtitle-family = Famille { $id } et ses disparus

number-more-than = plus de { $number }
number-less-than = moins de { $number }

result-heading = Résultat en bref
result-nobody = L’analyse ne retient aucun candidat pour { $id }.
result-nobody-missing = L’analyse n’a comparé { $id } à aucune personne disparue dont il pourrait être le corps.
result-no-body = L’analyse n’a aucun corps qui puisse être celui d’un disparu de la famille { $id }.
result-without = Aucun des corps ne peut être celui de : { $missing }.
weight = Les résultats d’ADN sont environ { $ratio } fois plus probables si { $first } que si { $second } (log10 du RV : { $log }). Dans les termes de l’échelle de l’ENFSI : { $strength } à l’affirmation selon laquelle { $first }.
weight-impossible = Selon le calcul, les résultats d’ADN sont impossibles si { $first } ; ils sont possibles si { $second }.
status-with = Tous les candidats des listes étant considérés ensemble, l’analyse qualifie cette place de « { $status } » : { $named }, avec une probabilité de { $probability }. Cela dépend de probabilités a priori ; voir la section sur les probabilités a priori et a posteriori.
status-without = Tous les candidats des listes étant considérés ensemble, l’analyse qualifie cette place de « { $status } ».
status-body-with = Tous les corps et toutes les familles étant considérés ensemble, l’analyse qualifie l’identité de { $body } de « { $status } » : { $named }, avec une probabilité de { $probability }. Cela dépend de probabilités a priori ; voir la section sur les probabilités a priori et a posteriori.
status-body-without = Tous les corps et toutes les familles étant considérés ensemble, l’analyse qualifie l’identité de { $body } de « { $status } ».
inputs-changed = Les profils de l’analyse n’ont pas pu être relus ; les génotypes, le RV de chaque locus et l’analyse de sensibilité ne peuvent donc pas être présentés : { $reason }. Tout le reste provient des tableaux de l’analyse.
run-lacks = Les tableaux suivants de l’analyse manquent ; ce qui en dépend est omis : { $tables }.

status-established = établi
status-probable = probable
status-disputed = contesté
status-none = personne dans les listes
status-undecidable = indécidable
status-stated = déclaré
status-not-asked = non demandé

asked-heading = La question posée et le mandant
asked-reference = Référence
asked-by = Mandant
asked-question = Question posée
asked-laboratory = Laboratoire
asked-author = Auteur
asked-reader = Second lecteur
asked-signatures = Date et signatures

items-heading = Les échantillons et leur intégrité
items-caption = Échantillons sur lesquels repose ce rapport
item-sample = Échantillon
item-part = Qualité
item-sex = Sexe
item-place = Lu dans
item-custody = Numéro de scellé
item-kit = Kit
item-collected = Prélevé le
item-line = { $file }, ligne { $line }
items-not-here = Le dossier décrit des échantillons sur lesquels ce rapport ne repose pas : { $items }.
items-one-body = D’après leur ADN, ces échantillons sont d’une seule personne (log10 du RV de { $log } ou plus) et ont été traités comme un seul corps : { $samples }.
items-one-body-contradictory = D’après leur ADN, ces échantillons sont d’une seule personne (log10 du RV de { $log } ou plus) et ont été traités comme un seul corps : { $samples }. Ils se contredisent aux locus suivants, qui ne sont pas utilisés : { $loci }.
files-caption = Fichiers lus par l’analyse
file-role = Contenu
role-children = enfants
role-candidates = candidats
role-remains = restes humains
role-relatives = proches
role-pedigrees = familles
role-frequencies = fréquences alléliques
role-rates = taux de mutation
role-recombination = fractions de recombinaison
role-markers = marqueurs
role-settings = réglages
file-path = Fichier
file-sha256 = SHA-256 lors de l’analyse
file-sha256-now = SHA-256
file-state = À présent
file-unchanged = inchangé
file-changed = modifié
file-gone = absent
files-explained = La valeur SHA-256 d’un fichier change dès que son contenu change : quiconque possède un fichier peut vérifier qu’il s’agit bien de celui qui a été analysé.
part-child = Enfant
part-known-parent = Parent connu
part-candidate = Candidat
part-body = Corps
part-relative = Proche
sex-male = masculin
sex-female = féminin
sex-unknown = inconnu

propositions-heading = Les propositions
propositions-explained = L’ADN est évalué entre deux affirmations qui s’excluent l’une l’autre. Sa valeur ne dit rien d’autres affirmations, par exemple que le père serait un frère du candidat.
bodies-explained = L’ADN est évalué entre deux affirmations qui s’excluent l’une l’autre. Sa valeur ne dit rien d’autres affirmations, par exemple que le corps serait celui d’un frère du disparu.
proposition-first = Première proposition : { $proposition }.
proposition-second = Seconde proposition : { $proposition }.
proposition-known = Selon les deux propositions, { $known } est l’autre parent de { $child }.
proposition-father = { $candidate } est le père de { $child }
proposition-other-father = le père de { $child } est un homme sans lien de parenté avec { $candidate } ni avec la mère de { $child }
proposition-mother = { $candidate } est la mère de { $child }
proposition-other-mother = la mère de { $child } est une femme sans lien de parenté avec { $candidate } ni avec le père de { $child }
proposition-parent = { $candidate } est le père ou la mère de { $child }
proposition-identity = { $candidate } et { $child } sont une seule et même personne
proposition-full-sibling = { $candidate } et { $child } ont leurs deux parents en commun
proposition-half-sibling = { $candidate } et { $child } ont un seul parent en commun
proposition-grandparent = { $candidate } est un grand-parent de { $child }
proposition-avuncular = { $candidate } est un oncle ou une tante de { $child }
proposition-first-cousin = { $candidate } et { $child } sont cousins germains
proposition-unrelated = { $candidate } et { $child } n’ont aucun lien de parenté
proposition-missing = { $body } est le corps de { $missing }, de la famille { $family }
proposition-other-body = { $body } est le corps de quelqu’un sans lien de parenté avec la famille { $family }
drawing-explained = Les carrés représentent les hommes, les cercles les femmes, les losanges les personnes de sexe inconnu. Symbole plein : personne dont le profil est établi. Trait interrompu : personne inconnue ou disparue. Barre oblique : personne décédée (restes humains).
drawing-none = La famille est trop grande pour être dessinée ici, ou n’a pas pu être relue.
couple-heading = Père et mère à la fois
couple-propositions = Première proposition : { $father } et { $mother } sont les parents de { $child }. Seconde proposition : les trois n’ont aucun lien de parenté entre eux.
family-heading = Toute la famille à la fois
family-propositions = Première proposition : les corps sont ceux de ces disparus de la famille { $family } : { $identities }. Seconde proposition : aucun de ces corps n’a de lien de parenté avec la famille, ni avec un autre d’entre eux.

genotypes-heading = Génotypes et rapports de vraisemblance
genotypes-explained = Le rapport de vraisemblance (RV) d’un locus indique combien de fois ses génotypes sont plus probables selon la première proposition que selon la seconde. Supérieur à 1, il est en faveur de la première ; inférieur à 1, en faveur de la seconde. Les RV de locus indépendants se multiplient ; le log10 du RV est l’exposant de dix, et ceux des locus s’additionnent.
genotypes-not-shown = Les génotypes et le RV de chaque locus ne peuvent pas être présentés, car les profils de l’analyse n’ont pas pu être relus.
genotypes-caption = { $child } et { $candidate }, locus par locus
genotypes-caption-body = { $body } comme { $missing } de la famille { $family }, locus par locus
genotypes-of-others = Génotypes de toutes les autres personnes qui comptent
locus = Locus
lr = RV
log-lr = log10 du RV
all-loci = Tous les locus
combined = RV combiné : { $ratio } (log10 du RV : { $log }).
combined-together = RV combiné de tout cela à la fois : { $ratio } (log10 du RV : { $log }).
confirmed = Recalculé à partir des profils pour ce rapport, le RV combiné est celui des tableaux de l’analyse.
not-confirmed = Recalculé à partir des profils pour ce rapport, le log10 du RV est { $again }, mais les tableaux de l’analyse indiquent { $stored }. Il faut en trouver la cause avant d’utiliser ce rapport.
formulas-none = Aucun locus n’a ici de RV en forme close (une forme close est donnée pour un parent de sexe connu, aux locus autosomaux, sans perte d’allèle, allèle parasite ni allèle silencieux).
formulas-heading = Vérification à la main
formulas-explained = { $t } est la probabilité que le candidat transmette l’allèle x à l’enfant : un demi pour chaque copie, légèrement modifiée par les mutations. { $k } est la même probabilité pour le parent connu. { $q } est la probabilité qu’un allèle tiré dans la population soit x ; { $second } la même après le tirage de l’allèle y de l’enfant. Les nombres insérés ont cinq chiffres significatifs, de sorte que le dernier chiffre peut différer. Une formule ne figure ici que si sa valeur est le RV que le programme a calculé d’une autre manière.
formulas-theta = Avec θ, un allèle déjà observé a plus de chances d’être observé à nouveau. { $p } étant la fréquence de x, et n des m allèles observés auparavant étant x ({ $source }) :

basis-heading = Fondements des rapports de vraisemblance
basis-markers = Les fréquences, les mutations et les allèles silencieux sont ceux du fichier de marqueurs cité parmi les fichiers ci-dessus.
basis-tables = Tables de fréquences
basis-theta = θ (coefficient de parenté de la population)
basis-mutation = Modèle de mutation
mutation-none = aucun
basis-mutation-range = Facteur par lequel chaque pas de plus est moins probable
basis-mutation-rate2 = Taux entre classes de répétitions
basis-silent = Fréquence des allèles silencieux
basis-minimum = Fréquence minimale d’un allèle
basis-drop-out = Probabilité de perte d’allèle
drop-out-none = 0 pour tous
basis-drop-in = Probabilité d’allèle parasite
basis-linkage = Locus liés
linkage-independent = tous les locus sont tenus pour indépendants
linkage-together = les locus liés sont traités ensemble, comme l’indiquent les remarques de l’analyse
loci-caption = Locus utilisés
people = Personnes comptées dans { $table }
rate-father = Taux de mutation, père
rate-mother = Taux de mutation, mère
basis-mutation-explained = Les taux sont des probabilités pour chaque transmission d’un allèle. 5/2N désigne cinq copies parmi les 2N allèles comptés par une table.
raised-none = Pour { $pair }, chaque allèle compte avec la fréquence de sa table.
raised-caption = Pour { $pair } : allèles qui comptent avec une fréquence supérieure à celle de leur table, parce qu’ils y sont rares ou absents
raised-locus = Locus
raised-allele = Allèle
raised-counted = Dans la table
raised-used = Utilisée
raised-not-listed = absent
linkage-not-in-search = Les réglages demandent de traiter ensemble les locus liés. Une recherche de parents tient les locus pour indépendants, ce qui est exact pour un parent et son enfant.

left-out-heading = Locus écartés, incompatibilités
left-out-no-frequencies = Typés mais non utilisés, faute de fréquences dans les tables : { $loci }.
left-out-of-family = Non utilisés pour cette famille : { $loci }.
family-fits = Les proches typés ne se contredisent pas.
family-mutation = Ce que présentent les proches n’est possible que par mutation pour : { $loci } ; c’est la place de { $person } qui l’explique le moins bien.
family-contradiction = Les proches se contredisent pour : { $loci }. La place ou l’échantillon de { $person } est le plus probablement en cause : il faut l’éclaircir avant d’utiliser ce rapport.
loci-compared = { $count ->
    [one] { $count } locus a un résultat dans les deux profils.
   *[other] { $count } locus ont un résultat dans les deux profils.
}
loci-compared-body = { $count ->
    [one] { $count } locus a un résultat chez le corps et chez au moins un proche.
   *[other] { $count } locus ont un résultat chez le corps et chez au moins un proche.
}
loci-without-result = { $sample } n’a pas de résultat pour : { $loci }.
loci-set-aside = { $sample } présente trois allèles ou plus, de sorte que le locus est écarté, pour : { $loci }.
inconsistent-none = Aucun locus ne contredit la première proposition.
inconsistent = { $locus } n’est possible selon la première proposition que par mutation.
inconsistent-steps = { $locus } n’est possible selon la première proposition que par mutation ; nombre minimal de répétitions dont un allèle a dû changer : { $steps }.
rejected-none = Rien de ce qui a été lu de ces échantillons n’a été refusé.
rejected-caption = Ce qui a été lu de ces échantillons sans être utilisé, avec le motif dans les termes de l’analyse
rejected-sample = Échantillon
rejected-locus = Locus ou colonne
rejected-value = Valeur
rejected-reason = Motif

uncertainty-heading = Incertitude
uncertainty-explained = Un rapport de vraisemblance n’est pas une mesure entachée d’une erreur, mais il repose sur des fréquences comptées dans des échantillons de population et sur des hypothèses. Cette section indique à quel point il en dépend.
interval = Intervalle à 99 % du log10 du RV, dû à l’échantillonnage des fréquences : de { $low } à { $high }.
interval-none = L’analyse a été faite sans intervalle pour l’échantillonnage des fréquences.
sensitivity-not-shown = Le RV pour d’autres valeurs de θ ne peut pas être présenté, car les profils de l’analyse n’ont pas pu être relus.
sensitivity-caption = log10 du RV de { $pair } pour d’autres valeurs de θ et pour chaque table ; s’il y a plusieurs tables, la plus petite valeur compte
sensitivity-out-of-reach = Un tiret : avec ce θ, la somme sur les membres non typés de la famille prend trop de temps.
theta = θ
theta-of-run = { $theta } (dans ce rapport)
log-lr-under = { $table }

prior-heading = Probabilités a priori et a posteriori
prior-explained = Le RV seul n’est pas la probabilité que quelqu’un soit le père ou la mère. Il faut dire aussi combien cela était probable avant l’ADN. Cette probabilité a priori n’est pas au choix du laboratoire : qui décide peut en retenir une autre.
prior-explained-body = Le RV seul n’est pas la probabilité qu’un corps soit celui de quelqu’un. Il faut dire aussi combien cela était probable avant l’ADN. Cette probabilité a priori n’est pas au choix du laboratoire : qui décide peut en retenir une autre.
prior-in-list = L’analyse a pris { $prior } comme probabilité a priori que le père d’un enfant soit parmi les candidats, répartie à parts égales entre ceux qui peuvent l’être ; de même pour la mère. Elle tient compte aussi d’autres parents de l’enfant parmi les candidats.
prior-other = Pour ce lien de parenté, l’analyse attribue les probabilités a priori de ses réglages à parts égales à tous les candidats.
prior-by-body = L’analyse a pris { $prior } comme probabilité a priori qu’un corps soit celui d’un des disparus, répartie à parts égales entre ceux dont il peut avoir le sexe.
prior-flat = L’analyse a tenu d’avance pour également probables toutes les attributions des corps aux disparus.
prior-default = Ce sont les valeurs par défaut du programme : personne ne les a choisies pour ce dossier.
posterior-child = Probabilité a posteriori compte tenu de tous les candidats de cet enfant : { $posterior }.
posterior-case = Probabilité a posteriori compte tenu de tous les enfants et candidats du dossier à la fois : { $posterior }.
posterior-other = Probabilité que cette personne soit un autre parent de l’enfant : { $posterior }.
posterior-identity = Probabilité a posteriori que { $body } soit { $missing }, compte tenu de tous les corps et de toutes les familles à la fois : { $posterior }.
posterior-family = Probabilité a posteriori que { $body } soit l’un des disparus de la famille { $family } : { $posterior }.
posterior-nobody = Probabilité a posteriori que { $body } ne soit aucun des disparus de l’analyse : { $posterior }.
posterior-sampled = La somme sur toutes les attributions est hors de portée ; ces probabilités sont donc estimées par échantillonnage ; erreur type de la première : { $error }.
posterior-none = Les tableaux de l’analyse ne donnent pas de probabilité a posteriori pour cette personne.
posterior-together = Probabilité a posteriori de tout cela à la fois : { $posterior }.
prior-caption = { $pair } seul, contre la seconde proposition : probabilité a posteriori pour trois probabilités a priori
prior-column = Probabilité a priori
posterior-column = Probabilité a posteriori

comparisons-heading = Nombre de comparaisons
comparisons-run = L’analyse a comparé { $children } enfants avec { $candidates } candidats, soit { $pairs } paires en tout.
comparisons-bodies = L’analyse a comparé { $bodies } corps avec { $missing } disparus de { $families } familles, soit { $pairs } paires en tout.
comparisons-explained = Plus on compare d’inconnus, plus il est probable que l’un d’eux concorde par hasard. En moyenne, au plus le nombre d’inconnus divisé par x ont un RV de x ou plus.
compared = { $count ->
    [one] { $count } candidat pouvant occuper cette place a été comparé avec l’enfant.
   *[other] { $count } candidats pouvant occuper cette place ont été comparés avec l’enfant.
}
compared-missing = { $count ->
    [one] { $count } disparu dont le corps peut avoir le sexe a été comparé avec lui.
   *[other] { $count } disparus dont le corps peut avoir le sexe ont été comparés avec lui.
}
compared-bodies = { $count ->
    [one] { $count } corps pouvant avoir le sexe du disparu a été comparé avec la famille.
   *[other] { $count } corps pouvant avoir le sexe du disparu ont été comparés avec la famille.
}
power-of-family = Ce que permettent ces proches avec un profil complet : l’ADN exclut un corps sans lien de parenté avec une probabilité de { $exclusion } ; le bon corps a en moyenne un log10 du RV de { $log }.
rank = Rang parmi les candidats de cet enfant selon le RV : { $rank }.
false-leads = Nombre attendu d’inconnus de la liste ayant un RV au moins aussi élevé, calculé d’après le profil de l’enfant : { $expected }.
false-leads-at-most = Nombre attendu d’inconnus de la liste ayant un RV au moins aussi élevé : au plus { $expected }.
false-identities = Nombre attendu de telles comparaisons ayant un RV au moins aussi élevé si personne n’était apparenté : au plus { $expected }.

others-heading = Autres liens de parenté
others-explained = Ce que les deux personnes pourraient être autrement l’une pour l’autre, chaque fois contre « sans lien de parenté ». Deux liens dont les RV sont proches ne peuvent pas être distingués par ces profils. « Demi-frères ou demi-sœurs » vaut aussi pour les grands-parents, oncles et tantes, que deux profils à des locus non liés ne permettent pas d’en distinguer.
others-caption = { $candidate } et l’enfant
identities-heading = Autres personnes et autres corps considérés
identities-explained = Ce qui concurrence cette identification : de qui d’autre le corps pourrait être, ou quels autres corps pourraient être celui du disparu, du plus probable au moins probable. Que le corps soit celui d’un autre parent de la famille que l’un des disparus n’est pas évalué ici.
identities-caption = À côté de { $body } comme { $missing }
identities-none = Personne d’autre n’entre en ligne de compte.
identities-more = { $count } de plus se trouvent dans { $files }.
missing-person = Disparu
family = Famille
relationship = Lien de parenté
lr-against-unrelated = RV contre « sans lien de parenté »
best-relationship = Lien le mieux soutenu : { $relationship } (log10 du RV : { $log } contre « sans lien de parenté »).
flags-explained = Points signalés par l’analyse :
relation-identity = une seule et même personne
relation-parent = parent et enfant
relation-full-sibling = frères ou sœurs de mêmes père et mère
relation-half-sibling = demi-frères ou demi-sœurs
relation-grandparent = grand-parent et petit-enfant
relation-avuncular = oncle ou tante, et neveu ou nièce
relation-first-cousin = cousins germains
relation-unrelated = sans lien de parenté
flag-too-few-loci = Moins de 12 locus ont été comparés : il faut en typer davantage avant de s’y fier.
flag-age-conflict = D’après les années de naissance, le candidat était trop jeune à la naissance de l’enfant : à vérifier.
flag-sex-conflict = Le sexe déclaré et l’amélogénine se contredisent : vérifier qu’il n’y a pas eu d’échange d’échantillons.
flag-sex-unknown = Le sexe du candidat n’est pas connu.
flag-better-rival = Un autre lien de parenté explique mieux les deux profils que celui qui est en question.
flag-close-rival = Un autre lien de parenté est à moins de deux unités de log10 du RV.
flag-close-candidate = Une autre personne pour la même place est à moins de deux unités de log10 du RV : elles peuvent être frères ou sœurs.
flag-known-parent-unsupported = Le parent déclaré de l’enfant n’est pas confirmé par leurs deux profils.
flag-same-person = Un autre échantillon de cette personne se trouve parmi les candidats.
flag-locus-set-aside = Un locus présentant trois allèles ou plus a été écarté : vérifier qu’il ne s’agit pas d’un mélange.

verbal-heading = Équivalent verbal
verbal-scale = Les termes sont ceux du Réseau européen des instituts de police scientifique ({ $guideline }), traduits. Ils tiennent lieu du nombre et n’y ajoutent rien ; au-dessous de 1, les mêmes termes valent pour la seconde proposition.
scale-caption = Échelle de l’ENFSI, version 3.0 (2015)
scale-lr = RV
scale-words = Termes
strength-none = aucun soutien
strength-weak = soutien faible
strength-moderate = soutien modéré
strength-moderately-strong = soutien modérément fort
strength-strong = soutien fort
strength-very-strong = soutien très fort
strength-extremely-strong = soutien extrêmement fort

limits-heading = Limites
limit-propositions = Le RV départage les deux propositions de ce rapport et aucune autre.
limit-relatives = Un proche parent du vrai père ou de la vraie mère, par exemple un frère, partage de nombreux allèles avec l’enfant. Si une telle personne peut entrer en ligne de compte et que son profil n’est pas établi, il faut le dire à côté des nombres de ce rapport.
limit-relatives-body = Un proche parent du disparu, par exemple un frère, partage de nombreux allèles avec la même famille. Si une telle personne peut être morte elle aussi sans figurer parmi les disparus de l’analyse, il faut le dire à côté des nombres de ce rapport.
limit-linked = Les locus voisins sur un chromosome sont tenus pour indépendants. Pour des frères et sœurs et des parents plus éloignés, ce n’est pas exact.
limit-population = Les fréquences sont celles des tables citées plus haut. Si les personnes viennent d’une autre population, le RV peut être différent ; voir la section sur l’incertitude.
limit-laboratory = Les nombres valent pour les profils tels qu’ils ont été remis. Les échanges d’échantillons, les contaminations et les erreurs de typage n’y sont pas compris.
limit-transposed = Que les résultats soient mille fois plus probables si une personne est le père ne signifie pas qu’il soit mille fois plus probable que cette personne soit le père.
limit-transposed-body = Que les résultats soient mille fois plus probables si un corps est celui d’une personne ne signifie pas qu’il soit mille fois plus probable que le corps soit celui de cette personne.
limit-court = C’est au tribunal de décider qui sont les parents, au vu de l’ensemble des preuves.
limit-court-body = C’est à l’autorité compétente de décider qui sont les morts, au vu de l’ensemble des éléments : le lieu et le temps, les effets personnels, les dents, et ce que disent les familles.

software-heading = Logiciel et fichiers
software-version = L’analyse a été faite avec filia { $version } ; ce rapport avec filia { $now }.
software-decimals = Les nombres ont un point décimal. Les tableaux de l’analyse contiennent tous les chiffres.
results-caption = Fichiers de l’analyse sur lesquels repose ce rapport, avec leur SHA-256 à présent
notes-explained = Remarques de l’analyse, dans ses propres termes (en anglais) :

attached-files = Joints à ce PDF, tels quels : { $files }.
attached-file = Fichier de l’analyse sur lequel repose ce rapport
page-of = Page { $page } sur { $pages }
