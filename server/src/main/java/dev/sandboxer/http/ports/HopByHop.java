package dev.sandboxer.http.ports;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** The hop-by-hop headers of a message: they concern its connection only, and a proxy doesn't pass them on. */
final class HopByHop {
    private static final Set<String> ALWAYS =
            Set.of("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings");

    private final Set<String> named = new HashSet<>();

    HopByHop(HttpFields headers) {
        for (var name : headers.getCSV(HttpHeader.CONNECTION, false)) {
            named.add(name.toLowerCase(Locale.ROOT));
        }
    }

    boolean covers(HttpField header) {
        var name = header.getLowerCaseName();
        return ALWAYS.contains(name) || name.startsWith("proxy-") || named.contains(name);
    }
}
