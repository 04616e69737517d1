package dev.sandboxer.payments.bill;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What the rows of a usage report are about. */
public sealed interface GroupBy {
    /** One row for everything. */
    record None() implements GroupBy {
        @Override
        public Optional<String> key(ChargeLine line) {
            return Optional.empty();
        }
    }

    record Consumer() implements GroupBy {
        @Override
        public Optional<String> key(ChargeLine line) {
            return Optional.of(line.consumer());
        }
    }

    record Profile() implements GroupBy {
        @Override
        public Optional<String> key(ChargeLine line) {
            return Optional.of(line.subject().profile());
        }
    }

    record Extension() implements GroupBy {
        @Override
        public Optional<String> key(ChargeLine line) {
            return Optional.of(line.subject().extension());
        }
    }

    /** The UTC day in which a line begins. */
    record Day() implements GroupBy {
        @Override
        public Optional<String> key(ChargeLine line) {
            return Optional.of(LocalDate.ofInstant(line.start(), ZoneOffset.UTC).toString());
        }
    }

    /** The value of one tag. */
    record Tag(String name) implements GroupBy {
        public Tag {
            if (name.isBlank()) {
                throw new IllegalArgumentException("tag: needs a name (example: tag:team)");
            }
        }

        @Override
        public Optional<String> key(ChargeLine line) {
            return Optional.ofNullable(line.subject().tags())
                    .map(tags -> Json.read(tags).get(name))
                    .filter(value -> !value.isNull())
                    .map(JsonNode::asString);
        }
    }

    /** The group that a line belongs to; empty for what has no such tag, and where there is only one group. */
    Optional<String> key(ChargeLine line);

    /**
     * Reads {@code consumer}, {@code profile}, {@code extension}, {@code day}, {@code none} or {@code tag:} and a name.
     *
     * @throws IllegalArgumentException when it is none of them
     */
    static GroupBy parse(String text) {
        return switch (text) {
            case "none" -> new None();
            case "consumer" -> new Consumer();
            case "profile" -> new Profile();
            case "extension" -> new Extension();
            case "day" -> new Day();
            case String tag when tag.startsWith("tag:") -> new Tag(tag.substring("tag:".length()));
            default ->
                throw new IllegalArgumentException(
                        "unknown group '" + text + "'; use consumer, profile, extension, day, none or tag:NAME");
        };
    }
}
