# Writes a C program that calls every function of the header with nothing but zeros and NULLs:
#
#     awk -f nulls.awk ../include/drainrs.h > nulls.c
#
# A call that can fail must say DRAINRS_ERR_NULL, or DRAINRS_ERR_CONFIG where it first reads a document and finds an empty text.
# None may crash.

BEGIN {
    print "/* Written by nulls.awk. */\n\n#include \"check.h\"\n"
    print "static int refused(drainrs_status status) {"
    print "    return status == DRAINRS_ERR_NULL || status == DRAINRS_ERR_CONFIG;\n}\n\nint main(void) {"
}

# A declaration begins in the first column and goes on to its semicolon.
/^[a-z].*drainrs_[a-z0-9_]+\(/ { declaration = ""; within = 1 }

within {
    declaration = declaration " " $0
    if (/;$/) { within = 0; call(declaration) }
}

function call(declaration,    name, parameters, arguments, count, i) {
    sub(/^ */, "", declaration)
    name = declaration
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
    parameters = declaration
    sub(/^[^(]*\(/, "", parameters)
    sub(/\).*/, "", parameters)
    count = parameters ~ /^ *(void)? *$/ ? 0 : gsub(/,/, ",", parameters) + 1
    arguments = ""
    for (i = 0; i < count; i++) arguments = arguments (i ? ", " : "") "0"
    if (name ~ /_new$/ && parameters !~ /drainrs_error \*\*/) {
        # It needs nothing, and gives something.
        print "    {\n        " substr(name, 1, length(name) - 4) " *made = " name "(" arguments ");"
        print "        CHECK(made != NULL);\n        " substr(name, 1, length(name) - 4) "_free(&made);\n    }"
    } else if (declaration ~ /^drainrs_status / && parameters ~ /drainrs_error \*\*/) {
        print "    CHECK(refused(" name "(" arguments ")));"
    } else {
        print "    (void)" name "(" arguments ");"
    }
}

END {
    print "    return 0;\n}"
}
