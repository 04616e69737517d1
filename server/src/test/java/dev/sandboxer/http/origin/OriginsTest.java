package dev.sandboxer.http.origin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.feature.HttpTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to sandboxes' own addresses: with and without TLS, new and reused. */
class OriginsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private static Path home;

    private static SSLContext trusting;
    private static ServerSocket secure;
    private static ServerSocket plain;
    private static final ConcurrentLinkedQueue<Socket> SERVED = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void listen() throws Exception {
        trusting = context();
        var loopback = InetAddress.getLoopbackAddress();
        secure = trusting.getServerSocketFactory().createServerSocket(0, 50, loopback);
        plain = new ServerSocket(0, 50, loopback);
        serve(secure);
        serve(plain);
    }

    /** Returns a TLS context with a certificate for localhost, which trusts no other. */
    private static SSLContext context() throws Exception {
        var file = home.resolve("localhost.p12");
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var made = new ProcessBuilder(List.of(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "it",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=it",
                        "-ext",
                        "SAN=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD)))
                .redirectErrorStream(true)
                .start();
        var said = new String(made.getInputStream().readAllBytes(), UTF_8);
        assertThat(made.waitFor()).as(said).isZero();
        var keys = KeyStore.getInstance("PKCS12");
        try (var input = Files.newInputStream(file)) {
            keys.load(input, PASSWORD);
        }
        var identity = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        identity.init(keys, PASSWORD);
        var trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("it", keys.getCertificate("it"));
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(trust);
        var context = SSLContext.getInstance("TLS");
        context.init(identity.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    /** Echoes each connection's bytes. */
    private static void serve(ServerSocket listener) {
        Thread.startVirtualThread(() -> {
            while (!listener.isClosed()) {
                try {
                    var socket = listener.accept();
                    SERVED.add(socket);
                    Thread.startVirtualThread(() -> {
                        try (socket) {
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        } catch (IOException e) {
                            // the other side has closed the connection
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    @AfterAll
    static void close() throws IOException {
        secure.close();
        plain.close();
        for (var socket : SERVED) {
            socket.close();
        }
    }

    private static HttpTarget target(String scheme, String host, ServerSocket server, String header) {
        return new HttpTarget(
                URI.create(scheme + "://" + host + ":" + server.getLocalPort()), Map.of("X-Which", header));
    }

    private static void echoes(OriginConnection connection, String text) throws IOException {
        connection.output().write(text.getBytes(UTF_8));
        connection.output().flush();
        assertThat(new String(connection.input().readNBytes(text.length()), UTF_8))
                .isEqualTo(text);
    }

    private static SSLSocketFactory never() {
        throw new AssertionError("TLS was not expected");
    }

    @Test
    void a_released_connection_serves_the_same_target_again_with_and_without_tls() throws Exception {
        try (var origins = new Origins(trusting::getSocketFactory)) {
            for (var target :
                    List.of(target("http", "localhost", plain, "1"), target("https", "localhost", secure, "1"))) {
                var first = origins.connect(target);
                for (int i = 0; i < 5; i++) {
                    echoes(first, "round " + i);
                    first.release();
                    assertThat(origins.connect(target)).isSameAs(first);
                }
                assertThat(first.lost()).isFalse();
                first.close();
            }
        }
    }

    @Test
    void a_target_with_other_headers_is_another_sandbox_and_gets_a_connection_of_its_own() throws Exception {
        try (var origins = new Origins(OriginsTest::never)) {
            var first = origins.connect(target("http", "127.0.0.1", plain, "1"));
            first.release();
            try (var other = origins.connect(target("http", "127.0.0.1", plain, "2"))) {
                assertThat(other).isNotSameAs(first);
            }
        }
    }

    @Test
    void a_certificate_for_another_name_is_refused() {
        try (var origins = new Origins(trusting::getSocketFactory)) {
            assertThatThrownBy(() -> origins.connect(target("https", "127.0.0.1", secure, "1")))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void an_untrusted_certificate_is_refused() {
        try (var origins = new Origins()) {
            assertThatThrownBy(() -> origins.connect(target("https", "localhost", secure, "1")))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void the_failure_names_an_unknown_host() {
        try (var origins = new Origins(OriginsTest::never)) {
            assertThatThrownBy(() -> origins.connect(new HttpTarget(URI.create("http://nobody.invalid"), Map.of())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nobody.invalid");
        }
    }

    @Test
    void an_idle_connection_that_was_closed_or_received_bytes_is_not_reused() throws Exception {
        try (var listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var origins = new Origins(OriginsTest::never)) {
            var target = target("http", "127.0.0.1", listener, "1");
            for (boolean speaks : new boolean[] {true, false}) {
                var kept = origins.connect(target);
                try (var server = listener.accept()) {
                    kept.release();
                    if (speaks) {
                        server.getOutputStream().write('!');
                    } else {
                        server.shutdownOutput();
                    }
                    await().until(() -> {
                        try (var next = origins.connect(target);
                                var accepted = listener.accept()) {
                            assertThat(accepted.isConnected()).isTrue();
                            return next != kept;
                        }
                    });
                }
            }
        }
    }

    @Test
    void closing_ends_a_read_and_a_lost_connection_is_marked_as_lost() throws Exception {
        try (var listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var origins = new Origins(OriginsTest::never)) {
            var target = target("http", "127.0.0.1", listener, "1");
            var ours = origins.connect(target);
            try (var server = listener.accept()) {
                var reading = Thread.ofVirtual()
                        .start(() ->
                                assertThatThrownBy(() -> ours.input().read()).isInstanceOf(IOException.class));
                ours.close();
                reading.join();
                assertThat(ours.lost()).isFalse();
                assertThat(server.getInputStream().read()).isNegative();
            }
            try (var theirs = origins.connect(target)) {
                listener.accept().close();
                assertThat(theirs.input().read(new byte[1], 0, 1)).isNegative();
                assertThat(theirs.lost()).isTrue();
            }
        }
    }

    @Test
    void a_closed_pool_keeps_nothing() throws Exception {
        var origins = new Origins(OriginsTest::never);
        var target = target("http", "127.0.0.1", plain, "1");
        var kept = origins.connect(target);
        var used = origins.connect(target);
        kept.release();
        assertThat(origins.kept()).isEqualTo(1);
        origins.closeIdle();
        assertThat(origins.kept()).as("not idle for long enough to be closed").isEqualTo(1);
        origins.close();
        used.release();
        assertThat(origins.kept()).isZero();
        assertThatThrownBy(() -> used.output().write(1)).isInstanceOf(IOException.class);
    }
}
