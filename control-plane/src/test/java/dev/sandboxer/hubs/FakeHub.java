package dev.sandboxer.hubs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** A hub in memory that records what arrives and answers as configured. Thread-safe. */
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

    /** Accepts everything from now on. */
    void heal() {
        answers = id -> new Answer.Accepted();
    }

    /** Answers this way from now on. Only accepted events are kept. */
    void answer(Answers fresh) {
        answers = fresh;
    }

    void fail() {
        answer(id -> new Answer.Unsettled("HTTP 500: broken", null));
    }

    /** Keeps an event that has arrived, whatever the answer is. */
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

    /** Returns the id of every arrival, duplicates included. */
    synchronized List<String> arrivals() {
        return List.copyOf(arrivals);
    }

    /** Returns the ids of a subject's kept events, each once, in order of arrival. */
    synchronized List<String> accepted(String subject) {
        return List.copyOf(accepted.getOrDefault(subject, List.of()));
    }

    /** Returns the bodies of all kept events, each once. */
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
