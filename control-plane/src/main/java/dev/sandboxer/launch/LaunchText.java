package dev.sandboxer.launch;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Converts launches to and from the JSON in rows. {@link Launch#NOTHING} is null there. */
public final class LaunchText {
    private LaunchText() {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Fields(
            @Nullable String command,
            @Nullable List<String> readyCommand,
            @Nullable Integer readyPort,
            @Nullable String readyUrl,
            @Nullable Long readyWithinMs,
            @Nullable Map<String, String> env,
            @Nullable String user,
            @Nullable String workdir) {}

    private static final class Json {
        // loaded on first use, since most sandboxes start nothing
        static final JsonMapper MAPPER = new JsonMapper();
    }

    public static @Nullable String write(Launch launch) {
        if (launch.equals(Launch.NOTHING)) {
            return null;
        }
        var check = launch.ready();
        var probe = check == null ? null : check.probe();
        return Json.MAPPER.writeValueAsString(new Fields(
                launch.command(),
                probe instanceof Probe.Command(var argv) ? argv : null,
                probe instanceof Probe.Port(var number) ? Integer.valueOf(number) : null,
                probe instanceof Probe.Url url ? url.text() : null,
                check == null ? null : Long.valueOf(check.within().toMillis()),
                launch.env().isEmpty() ? null : launch.env(),
                launch.user(),
                launch.workdir()));
    }

    public static Launch read(@Nullable String text) {
        if (text == null) {
            return Launch.NOTHING;
        }
        var fields = Json.MAPPER.readValue(text, Fields.class);
        return new Launch(
                fields.command(),
                check(fields),
                Objects.requireNonNullElse(fields.env(), Map.of()),
                fields.user(),
                fields.workdir());
    }

    private static @Nullable ReadyCheck check(Fields fields) {
        var within =
                fields.readyWithinMs() == null ? ReadyCheck.DEFAULT_LIMIT : Duration.ofMillis(fields.readyWithinMs());
        if (fields.readyCommand() != null) {
            return new ReadyCheck(new Probe.Command(fields.readyCommand()), within);
        }
        if (fields.readyPort() != null) {
            return new ReadyCheck(new Probe.Port(fields.readyPort()), within);
        }
        return fields.readyUrl() == null ? null : new ReadyCheck(Probe.Url.parse(fields.readyUrl()), within);
    }
}
