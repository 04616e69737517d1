package dev.sandboxer.hubs;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks signatures, keeps each event once, and answers at random in all ways that hubs have been seen to answer, until it is
 * healed. Thread-safe.
 */
public final class HostileReceiver implements HostileHub.Behaviour {
    private static final JsonMapper JSON = new JsonMapper();

    private final StandardWebhooks receiver;
    private final InstantSource clock;
    private final Random random;

    /** Ids of events by subject, in order of arrival. */
    private final Map<String, List<String>> received = new HashMap<>();

    /** The first body of each event, by id. */
    private final Map<String, String> bodies = new HashMap<>();

    private final List<String> problems = new ArrayList<>();
    private boolean healed;

    public HostileReceiver(String secret, InstantSource clock, Random random) {
        this.receiver = StandardWebhooks.of(secret);
        this.clock = clock;
        this.random = random;
    }

    /** Returns the ids of events by subject, in order of arrival. */
    synchronized Map<String, List<String>> received() {
        return Map.copyOf(received);
    }

    /** Returns the first body of each event, by id. */
    public synchronized Map<String, String> bodies() {
        return Map.copyOf(bodies);
    }

    /** Returns the sender's mistakes: badly signed events, and ids that arrived with different bodies. */
    public synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    /** Accepts all events from now on. */
    public synchronized void heal() {
        healed = true;
    }

    /** Returns true if the caller of {@link #on} should not answer at all; chosen at random. */
    public synchronized boolean hangs() {
        return !healed && random.nextInt(40) == 0;
    }

    @Override
    public void on(Socket socket, HostileHub.Request request) throws IOException, InterruptedException {
        int choice;
        boolean known;
        synchronized (this) {
            choice = healed ? 5 : random.nextInt(20);
            var takes = choice < 14 && verified(request);
            known = takes && !take(request);
        }
        switch (choice) {
            case 0 -> {} // accepts the event and closes without an answer
            case 1 -> HostileHub.write(socket, "HTTP/1.1 2"); // and closes
            case 2 -> HostileHub.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx");
            case 3 -> HostileHub.answer(socket, "200 OK", "x".repeat(100_000));
            case 4 -> {
                Thread.sleep(20);
                HostileHub.answer(socket, "202 Accepted", "late");
            }
            case 14 -> HostileHub.answer(socket, "500 Internal Server Error", "broken");
            case 15 ->
                HostileHub.write(
                        socket, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n");
            case 16 -> socket.setSoLinger(true, 0); // resets the connection
            case 17 -> HostileHub.write(socket, "nonsense\r\n\r\n");
            case 18 -> HostileHub.answer(socket, "408 Request Timeout", "");
            case 19 -> HostileHub.answer(socket, "503 Service Unavailable", "x".repeat(100_000));
            default -> {
                if (!known) {
                    HostileHub.answer(socket, "204 No Content", "");
                } else if (choice % 2 == 0) {
                    HostileHub.answer(socket, "409 Conflict", "seen");
                } else {
                    HostileHub.answer(
                            socket,
                            "422 Unprocessable Entity",
                            "{\"error_details\":{\"transaction_id\":[\"value_already_exist\"]}}");
                }
            }
        }
    }

    private boolean verified(HostileHub.Request request) {
        var headers = request.headers();
        var body = request.body().getBytes(StandardCharsets.UTF_8);
        var good = receiver.verify(
                headers.get(StandardWebhooks.ID_HEADER),
                headers.get(StandardWebhooks.TIMESTAMP_HEADER),
                headers.get(StandardWebhooks.SIGNATURE_HEADER),
                body,
                clock.instant());
        if (!good) {
            problems.add("badly signed: " + request);
        }
        return good;
    }

    /** Keeps an event. Returns false if it arrived before; the body must then be equal. */
    private boolean take(HostileHub.Request request) {
        var id = Objects.requireNonNull(request.headers().get("idempotency-key"));
        var before = bodies.putIfAbsent(id, request.body());
        if (before != null) {
            if (!request.body().equals(before)) {
                problems.add("it was " + before + " and is now " + request);
            }
            return false;
        }
        var subject = JSON.readTree(request.body()).get("subject").asString();
        received.computeIfAbsent(subject, key -> new ArrayList<>()).add(id);
        return true;
    }
}
