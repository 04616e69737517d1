package dev.sandboxer.http.ports;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpTokens;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request's head as it goes inside.
 *
 * @param upgrade whether it asks for another protocol on this connection
 */
record RequestHead(MetaData.Request metaData, boolean upgrade) {
    /** Ours alone: a client could otherwise say whence it comes. */
    private static final Set<String> OURS = Set.of("forwarded", "x-real-ip");

    /** Said anew, or, as expectations, answered by our server. */
    private static final Set<String> FRAMING = Set.of("host", "content-length", "expect", "cookie");

    /**
     * The head for a request.
     *
     * @param hasBody whether a body, of known length or not, follows
     * @throws RequestRefusedException when it can't be said in HTTP/1.1 without changing its meaning, or is none we pass on
     */
    static RequestHead of(Request request, Forwarding forwarding, boolean hasBody) {
        var protocols = protocols(request);
        var headers = HttpFields.build().put(HttpHeader.HOST, forwarding.host());
        endToEnd(request, forwarding, headers);
        var onward = forwarding.onward();
        if (onward == null) {
            forwarded(request, headers);
        }
        forwarding.addHeaders().forEach(headers::put);
        for (var header : headers) {
            check(header);
        }
        if (protocols.isEmpty() && onward == null) {
            headers.put(HttpHeader.CONNECTION, "close");
        } else if (!protocols.isEmpty()) {
            headers.put(HttpHeader.CONNECTION, "Upgrade").put(HttpHeader.UPGRADE, protocols);
        }
        long length = hasBody ? request.getLength() : 0;
        if (length < 0) {
            headers.put(HttpHeader.TRANSFER_ENCODING, "chunked");
        }
        var target = onward == null ? target(request) : target(onward.target());
        var metaData = new MetaData.Request(method(request), target, HttpVersion.HTTP_1_1, headers, length);
        return new RequestHead(metaData, !protocols.isEmpty());
    }

    private static void endToEnd(Request request, Forwarding forwarding, HttpFields.Mutable headers) {
        var hopByHop = new HopByHop(request.getHeaders());
        for (var header : request.getHeaders()) {
            var name = header.getLowerCaseName();
            var ours = OURS.contains(name) || name.startsWith("x-forwarded-");
            if (!hopByHop.covers(header)
                    && !FRAMING.contains(name)
                    && (!ours || forwarding.onward() != null)
                    && !forwarding.withheld().test(header)) {
                headers.add(header);
            }
        }
        // HTTP/2 may split what HTTP/1.1 has in one
        var cookies = request.getHeaders().stream()
                .filter(header -> header.getHeader() == HttpHeader.COOKIE && header.getValue() != null)
                .filter(forwarding.withheld().negate())
                .map(HttpField::getValue)
                .collect(Collectors.joining("; "));
        if (!cookies.isEmpty()) {
            headers.add(HttpHeader.COOKIE, cookies);
        }
    }

    private static void forwarded(Request request, HttpFields.Mutable headers) {
        if (request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress remote
                && remote.getAddress() instanceof InetAddress address) {
            headers.add(HttpHeader.X_FORWARDED_FOR, address.getHostAddress().replaceFirst("%.*", ""));
        }
        headers.add(HttpHeader.X_FORWARDED_PROTO, request.getHttpURI().getScheme());
        var said = request.getHeaders().get(HttpHeader.HOST);
        var host = said == null ? request.getHttpURI().getAuthority() : said;
        if (host != null) {
            headers.add(HttpHeader.X_FORWARDED_HOST, host);
        }
    }

    /**
     * The protocols that the client would change to. HTTP/2 is none of them: a tunnel of requests to come would pass by
     * whoever decides about each.
     */
    private static String protocols(Request request) {
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_1
                || !request.getHeaders().contains(HttpHeader.CONNECTION, "upgrade")) {
            return "";
        }
        return request.getHeaders().getCSV(HttpHeader.UPGRADE, false).stream()
                .filter(protocol -> !protocol.toLowerCase(Locale.ROOT).startsWith("h2"))
                .collect(Collectors.joining(", "));
    }

    private static String method(Request request) {
        var method = request.getMethod();
        if (HttpMethod.CONNECT.is(method)) {
            throw new RequestRefusedException(501, "CONNECT is not supported; upgrade an HTTP/1.1 connection instead");
        }
        if (!isToken(method)) {
            throw new RequestRefusedException(400, "the method is not a token");
        }
        return method;
    }

    /** As received, neither decoded nor made normal. */
    private static HttpURI target(Request request) {
        var uri = request.getHttpURI();
        return checked(new HttpURI.Unsafe(
                null, null, -1, bytes(uri.getPath()), bytes(uri.getQuery()), bytes(uri.getFragment())));
    }

    private static HttpURI target(String pathAndQuery) {
        int query = pathAndQuery.indexOf('?');
        return checked(new HttpURI.Unsafe(
                null,
                null,
                -1,
                bytes(query < 0 ? pathAndQuery : pathAndQuery.substring(0, query)),
                query < 0 ? null : bytes(pathAndQuery.substring(query + 1)),
                null));
    }

    private static HttpURI checked(HttpURI target) {
        if (target.toString().isEmpty() || target.toString().chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw new RequestRefusedException(400, "the path is empty, or has spaces or control characters");
        }
        return target;
    }

    /** A character for each byte that the server took for UTF-8, as the generator wants it. */
    private static @Nullable String bytes(@Nullable String text) {
        return text == null ? null : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static void check(HttpField header) {
        if (!isToken(header.getName())) {
            throw new RequestRefusedException(400, "a header's name is not a token");
        }
        var value = header.getValue();
        if (value != null && value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f || c > 0xff)) {
            throw new RequestRefusedException(
                    400, "the header " + header.getName() + " has characters that no header may have");
        }
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(RequestHead::isTokenCharacter);
    }

    private static boolean isTokenCharacter(int c) {
        return c < 0x80
                && switch (HttpTokens.getToken((char) c).getType()) {
                    case ALPHA, DIGIT, TCHAR -> true;
                    default -> false;
                };
    }
}
