package dev.sandboxer.http.modal.edge;

import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.names.SandboxNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The metadata of a sandbox as Modal's API uses it. Names that begin with {@value #RESERVED} hold values of this API, and clients can't use
 * them for tags. All other names are the owner's tags.
 */
public final class ModalMetadata {
    public static final String RESERVED = "modal.";
    public static final String APP = SandboxNames.SCOPE;
    public static final String NAME = SandboxNames.NAME;
    public static final String IMAGE = "modal.image";
    public static final String ENVIRONMENT = "modal.environment";
    public static final String GENERATION = "modal.generation";
    public static final String WORKDIR = "modal.workdir";
    public static final String ENTRYPOINT = "modal.entrypoint";
    public static final String TIMEOUT = "modal.timeout";
    public static final String IDLE = "modal.idle";
    public static final String PORTS = "modal.ports";
    public static final String PROBE = "modal.probe";

    /** The exit code of the main process, if its end ended the sandbox; {@link #UNKNOWN} if that code is not known. */
    public static final String RESULT = "modal.result";

    public static final String UNKNOWN = "unknown";

    private static final Pattern PORT = Pattern.compile("([1-9][0-9]{0,4})([ue])");
    private static final int MAX_PORT = 65_535;

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<List<String>> WORDS = new TypeReference<>() {};

    private final Map<String, String> metadata;

    private ModalMetadata(Map<String, String> metadata) {
        this.metadata = metadata;
    }

    public static ModalMetadata of(Sandbox sandbox) {
        return new ModalMetadata(sandbox.metadata());
    }

    /** The generation that the sandbox was created in. */
    public Generation generation() {
        return "V1".equals(metadata.get(GENERATION)) ? Generation.V1 : Generation.V2;
    }

    public Optional<String> get(String name) {
        return Optional.ofNullable(metadata.get(name));
    }

    /** The default working directory of processes; null = the sandbox's own. */
    public @Nullable String workdir() {
        return metadata.get(WORKDIR);
    }

    /** The maximum lifetime of the sandbox, from its creation. */
    public Optional<Duration> timeout() {
        return seconds(TIMEOUT);
    }

    /** The time without use after which the sandbox ends; empty = only its timeout ends it. */
    public Optional<Duration> idleTimeout() {
        return seconds(IDLE);
    }

    private Optional<Duration> seconds(String name) {
        return get(name)
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    /** The command of the main process; empty = none. */
    public List<String> entrypoint() {
        return get(ENTRYPOINT).map(ModalMetadata::words).orElse(List.of());
    }

    /**
     * The readiness probe: {@code tcp}, its interval in milliseconds and the port, or {@code exec}, the interval and the words of a
     * command; empty = none.
     */
    public List<String> probe() {
        return get(PROBE).map(ModalMetadata::words).orElse(List.of());
    }

    /** The ports that are open to the outside without encryption. */
    public SortedSet<Integer> unencryptedPorts() {
        return ports("u");
    }

    /** The ports that were requested with TLS. */
    public SortedSet<Integer> encryptedPorts() {
        return ports("e");
    }

    private SortedSet<Integer> ports(String kind) {
        var ports = new TreeSet<Integer>();
        for (var port : get(PORTS).orElse("").split(",", -1)) {
            var match = PORT.matcher(port); // another API may have set any value
            if (match.matches() && match.group(2).equals(kind) && Integer.parseInt(match.group(1)) <= MAX_PORT) {
                ports.add(Integer.valueOf(match.group(1)));
            }
        }
        return ports;
    }

    /** The owner's tags. */
    public Map<String, String> tags() {
        var tags = new TreeMap<>(metadata);
        tags.keySet().removeIf(name -> name.startsWith(RESERVED));
        return tags;
    }

    /** Returns the metadata with the tags replaced by these. */
    public Map<String, String> withTags(Map<String, String> tags) {
        var all = new TreeMap<>(metadata);
        all.keySet().removeIf(name -> !name.startsWith(RESERVED));
        all.putAll(tags);
        return all;
    }

    /** Returns the metadata with one reserved value set. */
    public Map<String, String> with(String name, String value) {
        var all = new TreeMap<>(metadata);
        all.put(name, value);
        return all;
    }

    /** Encodes a list of words as one metadata value. */
    public static String json(List<String> words) {
        return JSON.writeValueAsString(words);
    }

    /** Decodes a value that {@link #json} has encoded; empty for any other text. */
    private static List<String> words(String json) {
        try {
            return new ArrayList<>(JSON.readValue(json, WORDS));
        } catch (JacksonException e) {
            return List.of(); // set by another API
        }
    }
}
