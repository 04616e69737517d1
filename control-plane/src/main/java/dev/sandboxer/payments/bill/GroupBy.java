package dev.sandboxer.payments.bill;

import dev.sandboxer.profiles.Spelling;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The grouping of a usage report's rows. */
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

    /** Groups by the UTC day in which a line begins. */
    record Day() implements GroupBy {
        @Override
        public Optional<String> key(ChargeLine line) {
            return Optional.of(LocalDate.ofInstant(line.start(), ZoneOffset.UTC).toString());
        }
    }

    /** Groups by the value of one tag. */
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

    /** Returns the group that a line belongs to; empty if the line lacks the tag, or if everything is one group. */
    Optional<String> key(ChargeLine line);

    /**
     * Reads {@code consumer}, {@code profile}, {@code extension}, {@code day}, {@code none} or {@code tag:} and a name.
     *
     * @throws IllegalArgumentException if the text is none of these
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
                throw new IllegalArgumentException("unknown group " + Spelling.quoted(text)
                        + "; use consumer, profile, extension, day, none or tag:NAME");
        };
    }
}
