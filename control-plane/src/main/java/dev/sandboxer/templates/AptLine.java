package dev.sandboxer.templates;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The packages that a shell command line installs with apt.
 *
 * @param packages their names, as apt accepts them
 * @param recommended true if one of the commands installs recommended packages too
 */
record AptLine(List<String> packages, boolean recommended) {
    private static final Pattern COMMAND_END = Pattern.compile("&&|\\|\\||[;&|(){}\\n]");
    private static final Pattern APT = Pattern.compile("(?:.*/)?(?:apt|apt-get)");
    private static final Pattern PACKAGE =
            Pattern.compile("[a-z0-9][a-z0-9+.-]+(?::[a-z0-9]+)?(?:[=/][A-Za-z0-9.+:~_-]+)?");
    private static final Set<String> WITH_VALUE =
            Set.of("-o", "--option", "-t", "--target-release", "-c", "--config-file");
    private static final String NO_RECOMMENDS = "--no-install-recommends";
    private static final int MAX_PACKAGES = 200;

    /** Parses a line; empty if it installs nothing, or more than 200 packages. Names with shell variables are ignored. */
    static Optional<AptLine> read(String line) {
        var packages = new ArrayList<String>();
        var recommended = false;
        for (String command : COMMAND_END.split(line)) {
            var words = List.of(command.strip().replaceAll("[\"']", "").split("\\s+"));
            var install = words.indexOf("install");
            if (install > 0
                    && words.subList(0, install).stream()
                            .anyMatch(word -> APT.matcher(word).matches())) {
                packages.addAll(packages(words.subList(install + 1, words.size())));
                recommended |= !words.contains(NO_RECOMMENDS);
            }
        }
        return packages.isEmpty() || packages.size() > MAX_PACKAGES
                ? Optional.empty()
                : Optional.of(new AptLine(packages.stream().distinct().toList(), recommended));
    }

    private static List<String> packages(List<String> words) {
        var found = new ArrayList<String>();
        var isValue = false;
        for (String word : words) {
            if (!isValue && PACKAGE.matcher(word).matches()) {
                found.add(word);
            }
            isValue = WITH_VALUE.contains(word);
        }
        return found;
    }
}
