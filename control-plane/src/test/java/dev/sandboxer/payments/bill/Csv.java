package dev.sandboxer.payments.bill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads CSV as RFC 4180 describes it, strictly. */
final class Csv {
    private final String text;
    private int at;

    private Csv(String text) {
        this.text = text;
    }

    /** Returns the rows as maps by column name. The first row has the names. An empty field is null. */
    static List<Map<String, @Nullable String>> read(String text) {
        var csv = new Csv(text);
        var names = csv.row();
        var rows = new ArrayList<Map<String, @Nullable String>>();
        while (csv.at < text.length()) {
            var fields = csv.row();
            if (fields.size() != names.size()) {
                throw new IllegalStateException(fields.size() + " fields instead of " + names.size() + ": " + fields);
            }
            var row = new LinkedHashMap<String, @Nullable String>();
            for (int i = 0; i < fields.size(); i++) {
                row.put(names.get(i), fields.get(i).isEmpty() ? null : fields.get(i));
            }
            rows.add(row);
        }
        return rows;
    }

    private List<String> row() {
        var fields = new ArrayList<String>();
        while (true) {
            fields.add(text.charAt(at) == '"' ? quoted() : bare());
            if (text.charAt(at) == ',') {
                at++;
            } else if (text.startsWith("\r\n", at)) {
                at += 2;
                return fields;
            } else {
                throw new IllegalStateException("neither comma nor CR LF at " + at);
            }
        }
    }

    private String bare() {
        int from = at;
        while (",\r\n\"".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(from, at);
    }

    private String quoted() {
        var field = new StringBuilder();
        at++;
        while (true) {
            if (text.startsWith("\"\"", at)) {
                field.append('"');
                at += 2;
            } else if (text.charAt(at) == '"') {
                at++;
                return field.toString();
            } else {
                field.append(text.charAt(at++));
            }
        }
    }
}
