/** An example of a third-party extension for sandboxer, whose sandboxes run in a small HTTP service. */
@NullMarked
package com.example.httpbox;

import org.jspecify.annotations.NullMarked;
