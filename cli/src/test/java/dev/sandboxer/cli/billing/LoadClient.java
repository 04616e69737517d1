package dev.sandboxer.cli.billing;

import dev.sandboxer.cli.serve.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Creates and uses paid sandboxes of all consumers on randomly chosen servers, which may be killed at any time. */
final class LoadClient implements Runnable {
    private static final int MAX_LIVE = 4;
    private static final int INTERNAL = 500;

    private final SplittableRandom random;
    private final List<ServerProcess> servers;
    private final Map<String, String> keys;
    private final List<Made> live = new ArrayList<>();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> answers = new ConcurrentSkipListMap<>();
    private volatile int made;
    private volatile boolean over;

    private record Made(String id, String key) {}

    LoadClient(SplittableRandom random, List<ServerProcess> servers, Map<String, String> keys) {
        this.random = random;
        this.servers = servers;
        this.keys = keys;
    }

    void end() {
        over = true;
    }

    /** Returns the answers that no client may ever get. */
    List<String> problems() {
        return problems;
    }

    /** Returns the number of answers of each kind, for the log. */
    Map<String, Integer> answers() {
        return answers;
    }

    /** Returns the number of sandboxes whose creation was confirmed. */
    int made() {
        return made;
    }

    @Override
    public void run() {
        try {
            while (!over) {
                var server = servers.get(random.nextInt(servers.size()));
                try {
                    act(server);
                } catch (IOException e) {
                    answers.merge(e.getClass().getSimpleName(), 1, Integer::sum);
                    TimeUnit.MILLISECONDS.sleep(100); // the server was killed
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            problems.add(e.toString());
        }
    }

    private void act(ServerProcess server) throws IOException, InterruptedException {
        if (live.isEmpty() || (live.size() < MAX_LIVE && random.nextInt(3) == 0)) {
            create(server);
            return;
        }
        var one = live.get(random.nextInt(live.size()));
        var path = "/sandboxes/" + one.id();
        var timeout = "{\"timeout\":" + random.nextInt(2, 90) + "}";
        switch (random.nextInt(5)) {
            case 0 -> call(server, one.key(), "POST", path + "/pause", "{}");
            case 1 -> call(server, one.key(), "POST", path + "/connect", timeout);
            case 2 -> call(server, one.key(), "POST", path + "/timeout", timeout);
            default -> {
                live.remove(one); // it may still run: the request or its answer may be lost
                call(server, one.key(), "DELETE", path, "");
            }
        }
    }

    private void create(ServerProcess server) throws IOException, InterruptedException {
        var key = List.copyOf(keys.values()).get(random.nextInt(keys.size()));
        var body = "{\"templateID\":\"saas-stub\",\"timeout\":" + random.nextInt(2, 90) + "}";
        var answer = call(server, key, "POST", "/sandboxes", body);
        var id = answer.path("sandboxID").asString("");
        if (!id.isEmpty()) {
            made++;
            live.add(new Made(id, key));
        }
    }

    private JsonNode call(ServerProcess server, String key, String method, String path, String body)
            throws IOException, InterruptedException {
        var answer = server.call(key, method, path, body);
        answers.merge(method + " " + answer.statusCode(), 1, Integer::sum);
        if (answer.statusCode() == INTERNAL) {
            problems.add(method + " " + path + ": " + answer.body());
        }
        return JsonMapper.shared().readTree(answer.body().isEmpty() ? "{}" : answer.body());
    }

    /** Requests the end of all sandboxes of a consumer. */
    static void endAll(ServerProcess server, String key) throws IOException, InterruptedException {
        var all = server.call(key, "GET", "/v2/sandboxes?state=running%2Cpaused", "");
        for (JsonNode one : JsonMapper.shared().readTree(all.body())) {
            server.call(key, "DELETE", "/sandboxes/" + one.path("sandboxID").asString(), "");
        }
    }
}
