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
 * Checks signatures, keeps each event once, and answers in all the ways in which hubs have been seen to answer, until it is
 * healed. Thread-safe.
 */
public final class HostileReceiver implements HostileHub.Behaviour {
    private static final JsonMapper JSON = new JsonMapper();

    private final StandardWebhooks receiver;
    private final InstantSource clock;
    private final Random random;

    /** Ids by subject, in the order in which they came, and the body under which each first came. */
    private final Map<String, List<String>> received = new HashMap<>();

    private final Map<String, String> bodies = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private boolean healed;

    public HostileReceiver(String secret, InstantSource clock, Random random) {
        this.receiver = StandardWebhooks.of(secret);
        this.clock = clock;
        this.random = random;
    }

    /** Ids of events by subject, in the order in which they came. */
    synchronized Map<String, List<String>> received() {
        return Map.copyOf(received);
    }

    /** Of each event, by id. */
    public synchronized Map<String, String> bodies() {
        return Map.copyOf(bodies);
    }

    /** What no sender may do: events that are badly signed, and ids that came with another body than before. */
    public synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    /** Takes all events from now on, and says so. */
    public synchronized void heal() {
        healed = true;
    }

    /** Chooses whether not to answer at all, which callers of {@link #on} do where they can wait for that. */
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
            case 0 -> {} // takes it, and drops the answer
            case 1 -> HostileHub.write(socket, "HTTP/1.1 2"); // and breaks off
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

    /** Returns false if it has the event already, which has to be the same then. */
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
