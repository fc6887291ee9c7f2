declare const brand: unique symbol;
/** A primitive that the compiler tells apart by what it identifies. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
