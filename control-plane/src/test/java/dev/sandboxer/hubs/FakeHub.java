package dev.sandboxer.hubs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** A hub in memory that remembers what arrives, and answers as it is told. Thread-safe. */
final class FakeHub implements HubDelivery.Sender {
    private static final JsonMapper JSON = new JsonMapper();

    private final List<String> arrivals = new ArrayList<>();
    private final Map<String, String> bodies = new HashMap<>();
    private final Map<String, List<String>> accepted = new LinkedHashMap<>();
    private volatile Answers answers = id -> new Answer.Accepted();

    /** Answers one event. */
    interface Answers {
        Answer to(String id) throws InterruptedException;
    }

    /** Takes everything from now on. */
    void heal() {
        answers = id -> new Answer.Accepted();
    }

    /** Answers like this from now on; what it doesn't accept it doesn't keep. */
    void answer(Answers fresh) {
        answers = fresh;
    }

    void fail() {
        answer(id -> new Answer.Unsettled("HTTP 500: broken", null));
    }

    /** Keeps the event from then on, whatever is answered. */
    void keep(String id) {
        keep(id, Objects.requireNonNull(bodies.get(id)));
    }

    @Override
    public Answer send(String id, String body) throws InterruptedException {
        synchronized (this) {
            arrivals.add(id);
            var known = bodies.putIfAbsent(id, body);
            if (known != null && !known.equals(body)) {
                throw new IllegalStateException("event " + id + " came with two bodies:\n" + known + "\n" + body);
            }
        }
        var answer = answers.to(id);
        if (answer instanceof Answer.Accepted) {
            keep(id, body);
        }
        return answer;
    }

    private synchronized void keep(String id, String body) {
        var ids = accepted.computeIfAbsent(JSON.readTree(body).get("subject").asString(), subject -> new ArrayList<>());
        if (!ids.contains(id)) {
            ids.add(id);
        }
    }

    /** Every event that was ever sent, as often as it was. */
    synchronized List<String> arrivals() {
        return List.copyOf(arrivals);
    }

    /** What it has of a subject, each event once, in the order in which they came first. */
    synchronized List<String> accepted(String subject) {
        return List.copyOf(accepted.getOrDefault(subject, List.of()));
    }

    /** All that it has, each event once. */
    synchronized List<String> acceptedBodies() {
        return accepted.values().stream()
                .flatMap(List::stream)
                .map(id -> Objects.requireNonNull(bodies.get(id)))
                .toList();
    }

    synchronized <T> T body(String id, Function<String, T> reader) {
        return reader.apply(Objects.requireNonNull(bodies.get(id)));
    }
}
