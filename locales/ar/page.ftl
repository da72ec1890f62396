## الصفحة والمصنَّف. ما بين القوسين المعقوفين يضعه البرنامج؛ وما يقوله تقرير المحكمة أيضًا فهو في court.ftl.

page-title-match = أبناء مَن هم
page-title-identify = مَن هم الموتى
page-kind-match = بحث
page-kind-identify = تعرُّف على الهوية
page-skip-children = الانتقال إلى الأطفال
page-skip-bodies = الانتقال إلى الجثامين
page-mask = إخفاء المعرِّفات
page-print = طباعة
page-parts = أقسام هذه الصفحة
page-overview = نظرة عامة
page-children = الأطفال
page-bodies = الجثامين
page-families = العائلات
page-answers = الإجابات الكاملة
page-one-person = عينات لشخص واحد
page-read = ما قُرئ
page-settings = الإعدادات
page-lacks = ما لا تعرضه هذه الصفحة

lacks-genotypes = لا يمكن عرض الأنماط الجينية: { $reason }. وكل ما عدا ذلك معروض.
lacks-tables = كُتب هذا التحليل من غير { $absent }، وقد تُرك ما يعتمد على ذلك خاليًا.
lacks-table = الجدول { $table }
lacks-column = العمود { $column } من { $table }
lacks-candidates = يوجد { $more } غيرهم من المرشَّحين في { $file } وليسوا في هذه الصفحة.
lacks-couples = يوجد { $more } غيرها من أزواج الوالدين في { $file } وليست في هذه الصفحة.
lacks-pairs = يوجد { $more } غيرها من الأزواج في { $file } وليست في هذه الصفحة.
lacks-subjects = عدد الأطفال أو الجثامين { $all }، وفي هذه الصفحة أول { $shown } منهم؛ وهم جميعًا في الجداول.

question-parents = مَن مِن { $candidates } هم والدو { $children }؟ قورنت البيانات في { $loci } على الأكثر.
question-related = بين مَن مِن { $candidates } ومِن { $children } هذه القرابة: { $relation }؟ قورنت البيانات في { $loci } على الأكثر.
question-bodies = لمن مِن { $missing } من { $families } يعود كل جثمان من { $bodies }؟ قورنت البيانات في { $loci } على الأكثر.
count-children = { $count ->
    [zero] { $count } طفل
    [one] طفل واحد
    [two] طفلين
    [few] { $count } أطفال
    [many] { $count } طفلًا
   *[other] { $count } طفل
}
count-candidates = { $count ->
    [zero] { $count } مرشَّح
    [one] مرشَّح واحد
    [two] مرشَّحَين
    [few] { $count } مرشَّحين
    [many] { $count } مرشَّحًا
   *[other] { $count } مرشَّح
}
count-bodies = { $count ->
    [zero] { $count } جثمان
    [one] جثمان واحد
    [two] جثمانين
    [few] { $count } جثامين
    [many] { $count } جثمانًا
   *[other] { $count } جثمان
}
count-missing = { $count ->
    [zero] { $count } مفقود
    [one] مفقود واحد
    [two] مفقودَين
    [few] { $count } مفقودين
    [many] { $count } مفقودًا
   *[other] { $count } مفقود
}
count-families = { $count ->
    [zero] { $count } عائلة
    [one] عائلة واحدة
    [two] عائلتين
    [few] { $count } عائلات
    [many] { $count } عائلةً
   *[other] { $count } عائلة
}
count-loci = { $count ->
    [zero] { $count } موقع
    [one] موقع واحد
    [two] موقعين
    [few] { $count } مواقع
    [many] { $count } موقعًا
   *[other] { $count } موقع
}
count-pairs = { $count ->
    [zero] { $count } زوج
    [one] زوج واحد
    [two] زوجين
    [few] { $count } أزواج
    [many] { $count } زوجًا
   *[other] { $count } زوج
}

card-children = { $count ->
    [zero] طفل
    [one] طفل
    [two] طفلان
    [few] أطفال
    [many] طفلًا
   *[other] طفل
}
card-bodies = { $count ->
    [zero] جثمان
    [one] جثمان
    [two] جثمانان
    [few] جثامين
    [many] جثمانًا
   *[other] جثمان
}
card-of-children = { $count ->
    [zero] من { $count } طفل
    [one] من طفل واحد
    [two] من طفلين
    [few] من { $count } أطفال
    [many] من { $count } طفلًا
   *[other] من { $count } طفل
}
card-with-candidate = لهم مرشَّح فوق العتبة
page-counted-once = يُعدّ كل طفل مرة واحدة، بحسب أوثق والديه.
page-by-place = بحسب الموضع
page-status = الحالة
place-father = الأب
place-mother = الأم
place-identity = الهوية
verdict-established = شخص واحد باحتمال { $limit } أو أكثر
verdict-probable = شخص واحد باحتمال { $limit } أو أكثر
verdict-disputed = شخص ما باحتمال { $limit } أو أكثر، ولكن مَن هو لم يُحسم
verdict-none = لا أحد من القوائم باحتمال { $limit } أو أكثر
verdict-undecidable = الحمض النووي المتاح لا يكفي للبتّ
verdict-stated = مذكور في سطر الطفل
verdict-not-asked = لم يُقارَن أحد

page-lrs = نسب الأرجحية في هذا التحليل
page-lrs-about = رسم بياني لتوزيع قيم log10 LR لأزواج هذه الصفحة
page-pairs = عدد الأزواج
chance-bars = الأعمدة: الأزواج التي يوردها هذا التحليل.
chance-line = الخط: ما كان يُتوقع لو كان الجميع غرباء بعضهم عن بعض.
chance-line-part = الخط: ما كان يُتوقع لو كان الجميع غرباء بعضهم عن بعض (محسوبًا من { $computed } من الأطفال البالغ عددهم { $all }).
chance-line-identify = الخط: ما كان يُتوقع لو كان الجميع غرباء بعضهم عن بعض، مع بيانات كاملة.
chance-line-identify-part = الخط: ما كان يُتوقع لو كان الجميع غرباء بعضهم عن بعض، مع بيانات كاملة (محسوبًا من { $computed } من المفقودين البالغ عددهم { $all }).
chance-from = ابتداءً من قيمة log10 LR قدرها { $from } لا تُنتج المصادفة وحدها من الأزواج إلا { $expected }؛ ويشتمل التحليل على { $pairs }.
page-completeness = الاكتمال بحسب العينة (في هذه الصفحة { $samples })
page-completeness-about = رسم بياني لتوزيع عدد المواقع التي لها نتيجة، عينةً عينة
page-loci-with-result = عدد المواقع التي لها نتيجة
page-samples = عدد العينات
page-completeness-by-locus = الاكتمال بحسب الموقع
page-typed = المحلَّلة
page-of-samples = من عينات هذه الصفحة البالغ عددها { $samples }
page-heat-children = الأطفال × المرشَّحون: كلما اشتدّ اللون ارتفعت قيمة log10 LR
page-heat-bodies = الجثامين × المفقودون: كلما اشتدّ اللون ارتفعت قيمة log10 LR
page-heat-about = خريطة لونية؛ وفي الجدول أدناه الأعداد نفسها

page-no-script = تحتاج القائمة إلى برنامج هذه الصفحة النصي. والنتائج نفسها في الجداول المجاورة لها.
page-search = بحث
page-any-id = أي معرِّف
page-answers-heading = الإجابات الكاملة، الأرجح فالأرجح
page-answers-explained = يبيّن كل سطر لمن تعود الجثامين كلها معًا. والجثامين التي لا يذكرها ليست لأحد من العائلات.

page-read-heading = ما قُرئ، وما لم يُستعمل منه
page-masked = قد تتضمن أسماء الملفات والملاحظات والخلايا المرفوضة معرِّفات، ولذلك لا تُعرض ما دامت المعرِّفات مخفية.
page-files = الملفات كما قُرئت
page-role = الغرض
page-bytes = عدد البايتات
page-notes = ملاحظات التحليل بعبارته (بالإنجليزية)
page-rejected = المرفوض
page-rejected-none = لا شيء: اعتُدّ بكل ما قُرئ.
page-rejected-count = { $count ->
    [zero] لم تُرفض أي خلية أو سطر.
    [one] قُرئت خلية واحدة أو سطر واحد ولم يُستعمل.
    [two] قُرئ من الخلايا أو الأسطر اثنان ولم يُستعملا.
    [few] قُرئت { $count } خلايا أو أسطر ولم تُستعمل.
    [many] قُرئ من الخلايا أو الأسطر { $count } ولم تُستعمل.
   *[other] قُرئ من الخلايا أو الأسطر { $count } ولم تُستعمل.
}
page-by-reason = بحسب السبب، بعبارة التحليل (بالإنجليزية)
page-number = العدد
page-one-by-one = واحدًا واحدًا (أول { $shown })
page-where = المكان
page-rejected-place = { $file }، السطر { $line }، { $column }
page-settings-all = كل إعداد كان له أثر
page-setting = الإعداد
page-weigh = القيمة 3 لمقدار log10 LR تعني أن البيانات أكثر احتمالًا 1000 مرة إذا كانت بين الشخصين القرابة المسؤول عنها منها إذا كانا غريبين. أما الاحتمال البعدي فيوازن بين جميع المرشَّحين، وبينهم وبين ألّا يكون المقصود أحدًا من القوائم. ولا يبيّن أي منهما ما تقوله الوثائق والأماكن والناس: فذلك للقارئ. وفي الجداول المجاورة لهذه الصفحة جميع الأرقام.

total-children = الأطفال
total-candidates = المرشَّحون
total-remains = عينات الرفات
total-bodies = الجثامين
total-families = العائلات
total-missing = المفقودون
total-samples = العينات
total-loci = المواقع الوراثية
total-rejected = المرفوض
total-contradictions = أوجه التعارض
total-direct-matches = أزواج العينات التي لشخص واحد
total-matches = المرشَّحون المذكورون
total-couples = أزواج الوالدين
total-pairs = الأزواج المقارَنة

## ما يقوله البرنامج النصي للصفحة.

script-comma = ،
script-semicolon = ؛
script-best-candidate = أفضل مرشَّح
script-any = الكل
script-no-candidate-listed = بلا مرشَّح مذكور
script-found-children = { $count ->
    [zero] المعروض { $shown } من { $count } طفل
    [one] المعروض { $shown } من طفل واحد
    [two] المعروض { $shown } من طفلين
    [few] المعروض { $shown } من { $count } أطفال
    [many] المعروض { $shown } من { $count } طفلًا
   *[other] المعروض { $shown } من { $count } طفل
}
script-found-bodies = { $count ->
    [zero] المعروض { $shown } من { $count } جثمان
    [one] المعروض { $shown } من جثمان واحد
    [two] المعروض { $shown } من جثمانين
    [few] المعروض { $shown } من { $count } جثامين
    [many] المعروض { $shown } من { $count } جثمانًا
   *[other] المعروض { $shown } من { $count } جثمان
}
script-choose-child = اختر طفلًا من القائمة.
script-choose-body = اختر جثمانًا من القائمة.
script-not-known = غير معروف
script-dead = { $person } (متوفى)
script-missing = مفقود
script-as = بوصفه { $missing }
script-drawing-best = شجرة النسب بحسب أفضل تفسير. { $parents }
script-place = { $place }: { $person }
script-drawing-related = { $person } و { $child }: { $relation }
script-drawing-family = شجرة نسب العائلة { $family }
script-drawing-family-as = شجرة نسب العائلة { $family }، مع { $body } بوصفه { $missing }
script-fits-better = تفسير أفضل: { $relation } (قيمة log10 LR هي { $log })
script-another-relative = قريب آخر: { $probability }
script-another-relative-as = قريب آخر ({ $relation }): { $probability }
script-ranked-candidates = المرشَّحون بحسب الترتيب
script-ranked-missing = المفقودون بحسب الترتيب
script-ranked-couples = أزواج الوالدين بحسب الترتيب
script-posterior = الاحتمال البعدي
script-loci = المواقع
script-inconsistent = المتعارضة
script-father-and-mother = الأب والأم
script-inconsistent-loci = المواقع المتعارضة
script-two = { $first } و { $second }
script-of = { $part } من { $all }
script-more-couples = { $count ->
    [zero] لا يوجد غيرها في { $file }.
    [one] يوجد غيرها زوج واحد من الوالدين في { $file }.
    [two] يوجد غيرها زوجان من الوالدين في { $file }.
    [few] يوجد غيرها { $count } أزواج من الوالدين في { $file }.
    [many] يوجد غيرها { $count } زوجًا من الوالدين في { $file }.
   *[other] يوجد غيرها { $count } زوج من الوالدين في { $file }.
}
script-no-result = لا نتيجة
script-no-genotypes = لا أنماط جينية متاحة: انظر التنبيه في أعلى الصفحة.
script-locus-inconsistent = متعارض
script-locus-steps = { $count ->
    [zero] متعارض، بلا خطوات
    [one] متعارض، خطوة واحدة
    [two] متعارض، خطوتان
    [few] متعارض، { $count } خطوات
    [many] متعارض، { $count } خطوة
   *[other] متعارض، { $count } خطوة
}
script-marked = المُعلَّم: الأليلات التي يُظهرها كلاهما.
script-sum = قيمة log10 LR للزوج هي مجموع قيم المواقع.
script-no-sum = ما يفيده الحمض النووي للعائلة عن الجثمان ليس مجموعًا على الأقارب فردًا فردًا.
script-typed-loci = { $count ->
    [zero] لا موقع له نتيجة
    [one] موقع واحد له نتيجة
    [two] موقعان لهما نتيجة
    [few] { $count } مواقع لها نتيجة
    [many] { $count } موقعًا له نتيجة
   *[other] { $count } موقع له نتيجة
}
script-nobody = لا أحد من القوائم: { $probability }
script-same-person = عينات الشخص نفسه: { $samples }
script-no-missing = لا يمكن أن يكون لأي من المفقودين.
script-no-candidate = لا يبلغ أي مرشَّح العتبة.
script-locus-by-locus = موقعًا موقعًا
script-compare = المقارنة مع
script-none-of-them = لا عائلة منها
script-of-family = احتمال الانتماء إليها
script-by-family = بحسب العائلة
script-heat-children = { $count ->
    [zero] { $count } طفل من أعلى إلى أسفل، والمرشَّحون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
    [one] طفل واحد من أعلى إلى أسفل، والمرشَّحون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
    [two] طفلان من أعلى إلى أسفل، والمرشَّحون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
    [few] { $count } أطفال من أعلى إلى أسفل، والمرشَّحون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
    [many] { $count } طفلًا من أعلى إلى أسفل، والمرشَّحون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
   *[other] { $count } طفل من أعلى إلى أسفل، والمرشَّحون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
}
script-heat-bodies = { $count ->
    [zero] { $count } جثمان من أعلى إلى أسفل، والمفقودون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
    [one] جثمان واحد من أعلى إلى أسفل، والمفقودون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
    [two] جثمانان من أعلى إلى أسفل، والمفقودون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
    [few] { $count } جثامين من أعلى إلى أسفل، والمفقودون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
    [many] { $count } جثمانًا من أعلى إلى أسفل، والمفقودون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
   *[other] { $count } جثمان من أعلى إلى أسفل، والمفقودون عرضًا: { $across }؛ كلما اشتدّ اللون ارتفعت قيمة log10 LR
}
script-heat-cell = { $subject } × { $person }: { $log }
script-samples = العينات
script-loci-that-differ = المواقع المختلفة
script-contradictory-loci = المواقع المتعارضة
script-records-differ = البيانات المسجَّلة مختلفة: { $columns }
script-kept-apart = تُركت منفصلة: { $reason }
script-no-samples-of-one = لم يتبيّن أن أي عينتين لشخص واحد.
script-family = { $count ->
    [zero] لا أقارب جرى تحليل عيناتهم؛ المفقودون: { $missing }
    [one] قريب واحد جرى تحليل عينته؛ المفقودون: { $missing }
    [two] قريبان جرى تحليل عينتيهما؛ المفقودون: { $missing }
    [few] { $count } أقارب جرى تحليل عيناتهم؛ المفقودون: { $missing }
    [many] { $count } قريبًا جرى تحليل عيناتهم؛ المفقودون: { $missing }
   *[other] { $count } قريب جرى تحليل عيناتهم؛ المفقودون: { $missing }
}
script-family-power = يُستبعد جثمان لا قرابة له باحتمال قدره { $exclusion }، ويُتوقع للجثمان الصحيح log10 LR قدره { $log }
script-family-mutation = لا يتوافق أفرادها إلا بطفرة.
script-family-contradiction = يتعارض أفرادها: شجرة نسب خاطئة أو عينات مبدَّلة.
script-rank = الترتيب
script-who = مَن هو مَن
script-nobody-is-anyone = لا يعود أي جثمان لأحد من المفقودين
apart-asked-for = بناءً على طلب
apart-twins = قد يكونان توأمين متطابقين: { $one } و { $other } من العائلة { $family }
apart-relatives = قد يكونون أقارب مباشرين
mind-too-few-loci = قورن أقل من 12 موقعًا
mind-age-conflict = أصغر سنًّا من أن يكون والدًا عند ولادة الطفل
mind-sex-conflict = يتعارض الجنس المسجَّل مع الأميلوجينين
mind-sex-unknown = الجنس غير معروف
mind-better-rival = هناك قرابة أخرى تفسّر البيانين أفضل
mind-close-rival = هناك قرابة أخرى تكاد تفسّر البيانين بالقدر نفسه
mind-close-candidate = هناك شخص آخر نسبة أرجحيته قريبة من نسبته
mind-known-parent-unsupported = الوالد المذكور لا تدعمه البيانات
mind-same-person = توجد عينة أخرى لهذا الشخص في القوائم
mind-locus-set-aside = استُبعد موقع فيه ثلاثة أليلات أو أكثر

## المصنَّف.

workbook-summary = الخلاصة
workbook-status = الحالة
workbook-matches = المرشَّحون
workbook-couples = أزواج الوالدين
workbook-one-person = شخص واحد
workbook-posterior = الاحتمال البعدي
workbook-families = العائلات
workbook-assignments = التوزيعات
workbook-loci = المواقع
workbook-rejected = المرفوض
workbook-settings = الإعدادات
workbook-what = البيان
workbook-command = الأمر
workbook-version = إصدار filia
workbook-children = الأطفال، بحسب أوثق الوالدين: { $status }
workbook-bodies = الجثامين: { $status }
workbook-file = ملف قُرئ: { $role }
workbook-file-is = { $path } (SHA-256 { $sha256 })
workbook-sheet = الورقة { $sheet }
workbook-empty = خالية: { $reason }
workbook-note = ملاحظة (بالإنجليزية)
