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
 * The head of a request as it is sent to the server in the sandbox.
 *
 * @param upgrade true if it asks to change the protocol of the connection
 */
record RequestHead(MetaData.Request metaData, boolean upgrade) {
    /**
     * Headers that only this server may set, besides those that begin with {@code x-forwarded-}: a client could otherwise forge its
     * address.
     */
    private static final Set<String> CLIENT_ADDRESS = Set.of("forwarded", "x-real-ip");

    /** Headers that are generated anew or, like {@code expect}, handled by Jetty. */
    private static final Set<String> REPLACED = Set.of("host", "content-length", "expect", "cookie");

    /**
     * Translates the head of a request.
     *
     * @param hasBody true if a body follows, of known length or not
     * @throws RequestRefusedException when HTTP/1.1 can't express the request without changing its meaning, or when its method is not
     *     supported
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
            var ours = CLIENT_ADDRESS.contains(name) || name.startsWith("x-forwarded-");
            if (!hopByHop.covers(header)
                    && !REPLACED.contains(name)
                    && (!ours || forwarding.onward() != null)
                    && !forwarding.withheld().test(header)) {
                headers.add(header);
            }
        }
        // HTTP/2 may split cookies into several headers; HTTP/1.1 has one
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
     * Returns the protocols that the client asks to change to. HTTP/2 is left out: its later requests would pass through the tunnel
     * without being checked one by one.
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

    /** Returns the target as received, neither decoded nor normalised. */
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

    /** Returns a character for each byte of the text's UTF-8, as the generator expects. */
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
                    400, "the header " + header.getName() + " has characters that are not allowed in a header");
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
