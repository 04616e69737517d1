import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A minimal billing system: receives sand-boxer's events, checks their signatures, stores each event once, and prints what each consumer
 * owes for each day.
 *
 * <pre>
 * FIN_HUB_SECRETS="whsec_..." java FinHub.java 8787 bill.jsonl     receives
 * java FinHub.java bill.jsonl                                      prints the bill
 * </pre>
 *
 * While a secret is being replaced, FIN_HUB_SECRETS holds the old and the new one, separated by a space. SANDBOXER_FIN_HUB_SECRET may hold
 * both, too.
 */
final class FinHub {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final Path file;
    private final List<byte[]> secrets;
    private final Set<String> seen = new HashSet<>();

    FinHub(Path file, List<byte[]> secrets) throws IOException {
        this.file = file;
        this.secrets = secrets;
        if (Files.exists(file)) {
            var stored = stored(file);
            try (var out = FileChannel.open(file, StandardOpenOption.WRITE)) {
                out.truncate(stored.getBytes(StandardCharsets.UTF_8).length); // cuts off an incomplete event
            }
            stored.lines().forEach(line -> seen.add(key(line)));
        }
    }

    public static void main(String[] args) throws IOException {
        if (args.length == 1) {
            printBill(Path.of(args[0]));
            return;
        }
        var hub = new FinHub(Path.of(args[1]), secrets(System.getenv().getOrDefault("FIN_HUB_SECRETS", "")));
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        var server = HttpServer.create(address, 0);
        server.createContext("/events", hub::receive);
        server.start();
        System.out.println("listening on http://127.0.0.1:" + server.getAddress().getPort() + "/events");
    }

    private static List<byte[]> secrets(String text) {
        return Pattern.compile("[ ,]+")
                .splitAsStream(text.strip())
                .filter(secret -> !secret.isEmpty())
                .map(secret -> Base64.getDecoder().decode(secret.replaceFirst("^whsec_", "")))
                .toList();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
            exchange.sendResponseHeaders(status(exchange, body), -1);
        } catch (UncheckedIOException e) {
            System.err.println("event not stored: " + e.getMessage()); // without a response, sand-boxer sends the event again
        }
    }

    private int status(HttpExchange exchange, byte[] body) {
        if (body.length > MAX_BODY_BYTES) {
            return 413;
        }
        if (!isSigned(exchange, body)) {
            return 401;
        }
        store(new String(body, StandardCharsets.UTF_8));
        return 204;
    }

    /**
     * Checks the signature as defined by Standard Webhooks: HMAC-SHA-256 of id, time and body, with any of the secrets. Rejects a time that
     * is more than five minutes off, since the request may be a replay.
     */
    private boolean isSigned(HttpExchange exchange, byte[] body) {
        var headers = exchange.getRequestHeaders();
        var id = headers.getFirst("webhook-id");
        var time = headers.getFirst("webhook-timestamp");
        var signatures = headers.getFirst("webhook-signature");
        if (id == null || time == null || signatures == null || !time.matches("[0-9]{1,12}")) {
            return false;
        }
        var age = Duration.between(Instant.ofEpochSecond(Long.parseLong(time)), Instant.now());
        if (age.abs().compareTo(TOLERANCE) > 0) {
            return false;
        }
        var signed = (id + "." + time + "." + new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        boolean matches = false;
        for (byte[] secret : secrets) {
            var expected = ("v1," + hmac(secret, signed)).getBytes(StandardCharsets.UTF_8);
            for (String given : signatures.split(" ")) {
                matches |= MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8)); // in constant time
            }
        }
        return matches;
    }

    private static String hmac(byte[] secret, byte[] signed) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", e);
        }
    }

    /**
     * Writes an event to disk before it is acknowledged. Skips events that are already stored: sand-boxer repeats an event when it gets no
     * response.
     */
    private synchronized void store(String event) {
        if (!seen.contains(key(event))) {
            try (var out = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.SYNC)) {
                append(event + "\n", out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            seen.add(key(event));
        }
    }

    /** Appends a line, or leaves the file as it was: a full disk may take only a part of the line. */
    private static void append(String line, FileChannel out) throws IOException {
        var size = out.size();
        try {
            Channels.newOutputStream(out).write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            out.truncate(size);
            throw e;
        }
    }

    /** Returns the stored events, one per line. Leaves out an incomplete last line, which a crash while writing leaves behind. */
    private static String stored(Path file) throws IOException {
        var text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return text.substring(0, text.lastIndexOf('\n') + 1);
    }

    /** Returns source and id, which together identify a CloudEvent. */
    private static String key(String event) {
        return text(event, "source") + " " + text(event, "id");
    }

    private static void printBill(Path file) throws IOException {
        var sums = new TreeMap<String, BigDecimal>();
        for (String event : stored(file).lines().toList()) {
            if (text(event, "type").equals("dev.sandboxer.charge.v1")) {
                var day = text(event, "ChargePeriodStart").substring(0, 10);
                sums.merge(day + "  " + text(event, "SubAccountId"), number(event, "BilledCost"), BigDecimal::add);
            }
        }
        sums.forEach((who, sum) -> System.out.println(who + "  " + sum.toPlainString()));
    }

    /** Reads a field with a regular expression, which is enough for flat events. A real receiver should use a JSON library. */
    private static String text(String event, String name) {
        return find(event, "\"" + name + "\":\"([^\"]*)\"");
    }

    private static BigDecimal number(String event, String name) {
        return new BigDecimal(find(event, "\"" + name + "\":(-?[0-9.]+)"));
    }

    private static String find(String event, String pattern) {
        Matcher match = Pattern.compile(pattern).matcher(event);
        return match.find() ? match.group(1) : "";
    }
}
