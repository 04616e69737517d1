package dev.sandboxer.modal.rpc;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Address of a gRPC server.
 *
 * @param host name or address; an IPv6 address has no brackets
 * @param port 1 to 65535
 * @param plaintext true = without TLS
 */
public record Endpoint(String host, int port, boolean plaintext) {
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;
    private static final int MAX_PORT = 65_535;
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|::1|0:0:0:0:0:0:0:1");

    /** Parses {@code https://host[:port]} or {@code http://host[:port]}; empty for any other text. */
    public static Optional<Endpoint> parse(String url) {
        try {
            var uri = new URI(url);
            var scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            var path = String.valueOf(uri.getRawPath());
            if (uri.getHost() == null
                    || !scheme.equals("https") && !scheme.equals("http")
                    || uri.getRawUserInfo() != null
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null
                    || !path.isEmpty() && !path.equals("/")
                    || uri.getPort() == 0
                    || uri.getPort() > MAX_PORT) {
                return Optional.empty();
            }
            var plain = scheme.equals("http");
            var port = uri.getPort() > 0 ? uri.getPort() : plain ? HTTP_PORT : HTTPS_PORT;
            return Optional.of(new Endpoint(uri.getHost().replaceAll("[\\[\\]]", ""), port, plain));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Returns true for an address on this machine. */
    public boolean isLoopback() {
        return LOOPBACK.matcher(host).matches();
    }

    /** Returns this address without TLS. */
    public Endpoint withoutTls() {
        return new Endpoint(host, port, true);
    }
}
