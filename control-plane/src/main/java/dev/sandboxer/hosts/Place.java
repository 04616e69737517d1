package dev.sandboxer.hosts;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The place where work for a sandbox must be done. */
public sealed interface Place {
    /** This process. */
    record Here() implements Place {}

    /**
     * Another host, whose server is up.
     *
     * @param address its base URL, without a slash at its end
     */
    record At(String host, URI address) implements Place {}

    /**
     * Another host, whose server is away.
     *
     * @param address the last known address of its server; null = the server was shut down, or never ran
     */
    record Away(String host, @Nullable URI address) implements Place {}
}
