# From R: a synthetic case, the search, and how far its posteriors can be believed.
#
#   Rscript examples/from_r.R path/to/filia [case.toml]
#
# Base R is enough. With the arrow package, `--format parquet` and arrow::read_parquet() keep the types of the columns.

arguments <- commandArgs(trailingOnly = TRUE)
filia <- arguments[1]
case <- if (length(arguments) > 1) arguments[2] else "demo"
folder <- tempfile("filia-")

run <- function(...) {
  status <- system2(filia, c(...), stderr = file.path(tempdir(), "messages.txt"))
  if (status != 0) stop(paste(readLines(file.path(tempdir(), "messages.txt")), collapse = "\n"))
}
# ids are text, also where all of them are numbers; "NA" is an id like any other
table_of <- function(name) {
  path <- file.path(folder, name)
  ids <- grep("_id$|^sample_", names(read.csv(path, nrows = 1, check.names = FALSE)), value = TRUE)
  read.csv(path, colClasses = setNames(rep("character", length(ids)), ids), na.strings = "", encoding = "UTF-8")
}

run("simulate", case, "--out", shQuote(folder))
lists <- intersect(c("corpses.csv", "detainees.csv"), list.files(folder))
run("match", "--children", shQuote(file.path(folder, "children.csv")),
    paste("--candidates", shQuote(file.path(folder, lists))),
    "--min-log10-lr", "none", "--out", shQuote(file.path(folder, "results")))

matches <- table_of("results/matches.csv")
relations <- table_of("relations.csv")
key <- function(one, other) paste(one, other, sep = "\r")
is_parent <- relations$relationship == "parent"
parents <- with(relations[is_parent, ], c(key(sample_a, sample_b), key(sample_b, sample_a)))
matches$is_parent <- key(matches$child_id, matches$candidate_id) %in% parents

cat(sprintf("%d reported pairs of %d children; parents among them: %d\n",
            nrow(matches), length(unique(matches$child_id)), sum(matches$is_parent)))
bands <- cut(matches$posterior, c(-1, 0.01, 0.1, 0.5, 0.9, 0.99, 1))
print(data.frame(pairs = as.integer(table(bands)),
                 stated = round(tapply(matches$posterior, bands, mean), 4),
                 observed = round(tapply(matches$is_parent, bands, mean), 4)))
