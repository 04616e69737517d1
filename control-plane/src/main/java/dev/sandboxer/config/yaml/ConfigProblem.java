package dev.sandboxer.config.yaml;

import dev.sandboxer.profiles.Spelling;

/**
 * One thing that is wrong with a configuration file. Its string form is one printable line, such as
 * {@code config.yaml:14:9 profiles.profile.ci.memory: "4 gigs" is not a size (examples: 512MiB, 4GiB)}.
 *
 * @param file name of the file
 * @param line counted from 1, or 0 when the problem is the file as a whole
 * @param column counted from 1 in characters, or 0
 * @param path keys that lead to the place, joined with dots; empty for the file as a whole
 * @param message what is wrong
 */
public record ConfigProblem(String file, int line, int column, String path, String message) {
    private static final int MAX_LENGTH = 400;

    public ConfigProblem {
        file = Spelling.shortened(file, MAX_LENGTH);
        path = Spelling.shortened(path, MAX_LENGTH);
        message = Spelling.shortened(message, MAX_LENGTH);
    }

    @Override
    public String toString() {
        String place = line == 0 ? file : file + ":" + line + ":" + column;
        return place + (path.isEmpty() ? "" : " " + path) + ": " + message;
    }
}
