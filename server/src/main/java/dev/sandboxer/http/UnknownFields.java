package dev.sandboxer.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each unknown field of request bodies once. Thread-safe. */
final class UnknownFields {
    private static final Logger LOG = LoggerFactory.getLogger(UnknownFields.class);

    /** Limits the log, since clients choose the names. */
    private static final int MAX_LOGGED = 200;

    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    void log(String route, HttpExchange.Notes notes) {
        for (String name : notes.unknownFields) {
            if (logged.size() < MAX_LOGGED && logged.add(route + " " + name)) {
                LOG.atWarn().addKeyValue("field", name).log("{}: ignored an unknown field of the request body", route);
            }
        }
    }
}
