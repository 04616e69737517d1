package dev.sandboxer.profiles;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.spec.NetworkRules;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a profile's sandboxes are like, beside their size. A backend that can't honour all of it is skipped.
 *
 * @param network whom they may call
 * @param env variables that every process inside gets
 * @param ports ports inside that are opened at creation
 * @param region where they run, in the backend's own terms; null = wherever the backend likes
 * @param requires what the backend must be able to do besides
 * @param images references of container images for which clients that ask by image get this profile; {@code *} stands for any
 *     text
 */
public record Options(
        NetworkRules network,
        Map<String, String> env,
        Set<Integer> ports,
        @Nullable String region,
        Set<Capability> requires,
        OutOfCredit outOfCredit,
        List<String> images) {
    /** Offline, and nothing else. */
    public static final Options NONE =
            new Options(NetworkRules.DENY_ALL, Map.of(), Set.of(), null, Set.of(), OutOfCredit.KILL, List.of());

    public Options {
        env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
        ports = Collections.unmodifiableSet(new TreeSet<>(ports));
        images = List.copyOf(images);
        requires = Collections.unmodifiableSet(new TreeSet<>(requires));
    }
}
