/** Text that people see in lists: no control characters, and nothing that makes it read other than it is written. */
export const ONE_LINE = /^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+$/u;
